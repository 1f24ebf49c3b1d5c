import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { passwords } from '../../../shared/adapters/passwords.ts'
import { forgetSecret, secret } from '../../../shared/adapters/secrets.ts'
import { readVersions } from '../../../shared/domain/secretVersions.ts'
import { itemsLike, ownPlace, password, work } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'
import { type Step, steps, turnable } from '../../harness/rotation.ts'

const first = 'the pepper as it was generated, once'
const keyid = (hash: string) => /keyid=([^$]+)/.exec(hash)?.[1]

describe('the rotation of the pepper', () => {
  let pepper: Awaited<ReturnType<typeof turnable>>
  const { hash, verify } = passwords()

  beforeEach(async () => {
    pepper = await turnable('pepper', 'maintenance.rotate-pepper', first)
  })

  it('hashes under another pepper, and every password of before is right and outdated', async () => {
    const hashes = [await hash(password)]
    for (let turns = 0; turns < 2; turns++) {
      await pepper.turn()
      forgetSecret('pepper')
      hashes.push(await hash(password))
    }
    expect(new Set(hashes.map(keyid)).size).toBe(3)
    expect(keyid(hashes[0]!)).toBeUndefined()
    const tried = await Promise.all(hashes.map(each => verify(password, each)))
    expect(tried).toEqual([
      { right: true, outdated: true },
      { right: true, outdated: true },
      { right: true, outdated: false },
    ])
    for (const each of hashes) expect((await verify('another password', each)).right).toBe(false)
    expect((await verify(password, undefined)).right).toBe(false)
    const { before, ...present } = readVersions(await pepper.value())
    expect(before.map(({ value }) => value)).toContain(first)
    expect(present.value).toHaveLength(43)
  })

  it('checks a hash under a pepper that this environment has not heard of yet', async () => {
    await hash(password)
    const stale = await secret('pepper')
    await pepper.turn()
    forgetSecret('pepper')
    const newer = await hash(password)
    // What is kept here is again what was known before the turn: as in an environment that has it for five minutes.
    const there = process.env.SECRET_PEPPER
    const old = await turnable('pepper', 'maintenance.rotate-pepper', stale)
    expect(await old.value()).toBe(first)
    await secret('pepper')
    process.env.SECRET_PEPPER = there
    expect(await verify(password, newer)).toEqual({ right: true, outdated: false })
  })

  it('throws for a hash whose pepper is nowhere, and does not call the password wrong', async () => {
    await pepper.turn()
    forgetSecret('pepper')
    const foreign = await hash(password)
    await turnable('pepper', 'maintenance.rotate-pepper', first)
    await expect(verify(password, foreign)).rejects.toThrow('names a pepper that is not there')
  })

  it.each(steps)('is the same when %s is done twice, and by two at once', async repeated => {
    const { version, step } = await pepper.begin()
    for (const each of steps) {
      await step(each)
      if (each !== repeated) continue
      const made = each === 'finishSecret' ? await pepper.value() : await pepper.value('AWSPENDING').catch(() => '')
      await Promise.all([step(each), step(each)])
      expect(each === 'finishSecret' ? await pepper.value() : await pepper.value('AWSPENDING').catch(() => '')).toBe(
        made,
      )
    }
    expect((await pepper.stages())[version]).toContain('AWSCURRENT')
    const { before } = readVersions(await pepper.value())
    expect(before).toHaveLength(1)
  })

  it('makes one version when two begin it at once', async () => {
    const { step } = await pepper.begin()
    await Promise.all(Array.from({ length: 5 }, () => step('createSecret')))
    const made = await pepper.value('AWSPENDING')
    for (const each of steps) await step(each)
    expect(await pepper.value()).toBe(made)
  })

  it.each<Step>(['createSecret', 'setSecret', 'testSecret'])('changes nothing for anybody after %s', async last => {
    const { step } = await pepper.begin()
    for (const each of steps.slice(0, steps.indexOf(last) + 1)) await step(each)
    forgetSecret('pepper')
    expect(await pepper.value()).toBe(first)
    expect(keyid(await hash(password))).toBeUndefined()
  })

  it('refuses a version that nobody has asked for', async () => {
    const step = { Step: 'createSecret', ClientRequestToken: randomUUID() }
    await expect(work('maintenance.rotate-pepper', step)).rejects.toThrow('conflict')
    expect(Object.values(await pepper.stages())).toEqual([['AWSCURRENT']])
  })

  it('refuses to take a version that has lost a pepper', async () => {
    const { version, step } = await pepper.begin()
    await pepper.put(version, JSON.stringify({ id: 'other', value: 'another pepper', before: [] }))
    await step('createSecret')
    await expect(step('testSecret')).rejects.toThrow()
    expect(await pepper.value()).toBe(first)
  })

  it('tells the trail of the turn, and nobody of a pepper', async () => {
    await ownPlace()
    const said = await outputOf(() => pepper.turn())
    const trail = await itemsLike('AUDIT#platform#')
    expect(trail).toEqual([
      expect.objectContaining({
        name: 'maintenance.rotate-pepper',
        outcome: 'success',
        entity: { type: 'Secret', id: 'pepper' },
      }),
    ])
    const { value } = readVersions(await pepper.value())
    for (const each of [value, first]) expect(said + JSON.stringify(trail)).not.toContain(each)
    expect(said).toContain('PeppersRotated')
  })
})
