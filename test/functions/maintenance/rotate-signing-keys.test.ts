import { beforeEach, describe, expect, it } from 'vitest'
import { readToken } from '../../../shared/domain/oauth/jwt.ts'
import type { SigningKey } from '../../../shared/schema/oauth.ts'
import { askToken, keyOf, putRing, ringNow, tokenOf, withBearer } from '../../harness/clients.ts'
import { at } from '../../harness/clock.ts'
import { sdkError, withFault } from '../../harness/faults.ts'
import { call, freshAddress, itemsAt, newPractice, ownPlace, work } from '../../harness/index.ts'

const minute = 60_000
const day = 24 * 60 * minute

describe('the rotation of signing keys, every five minutes', () => {
  beforeEach(ownPlace)

  const rotate = (moment: number) => at(moment, () => work('maintenance.rotate-signing-keys', {}))
  const stages = async () => (await ringNow()).keys.map(({ stage }) => stage)
  const published = async () => (await itemsAt('JWK#signing')).map(({ kid }) => kid).sort()
  const ringKids = async () => (await ringNow()).keys.map(({ kid }) => kid).sort()
  const start = Date.now()

  it('makes the first key; before it no token is given, and none is used up', async () => {
    const practice = await newPractice()
    const { secret } = await keyOf(practice)
    const early = await askToken({ grant_type: 'client_credentials', client_secret: secret })
    expect([early.status, early.body.error, early.headers['retry-after']]).toEqual([
      503,
      'temporarily_unavailable',
      '60',
    ])
    await rotate(start)
    expect(await stages()).toEqual(['current'])
    expect(await published()).toEqual(await ringKids())
    expect((await withBearer(await tokenOf(secret))('patients.list')).status).toBe(200)
  })

  it('does nothing while nothing is due, and nothing twice', async () => {
    await rotate(start)
    const before = [await ringNow(), await itemsAt('JWK#signing')]
    for (const ms of [0, 5 * minute, day]) await rotate(start + ms)
    expect([await ringNow(), await itemsAt('JWK#signing')]).toEqual(before)
  })

  it('rotates under traffic: every token that is given is taken for its five minutes', async () => {
    const practice = await newPractice()
    const { secret } = await keyOf(practice, { limit: 'high', expiresAt: new Date(start + 300 * day).toJSON() })
    await rotate(start)
    const [first] = await ringKids()
    const due = start + 30 * day
    const alive: { token: string; until: number }[] = []
    const seen = new Set<string>()
    let asked = 0
    for (let moment = due; moment <= due + 45 * minute; moment += minute) {
      if ((moment - due) % (5 * minute) === 0) await rotate(moment)
      await at(moment, async () => {
        const { status, body } = await askToken({ grant_type: 'client_credentials', client_secret: secret })
        expect([moment - due, status]).toEqual([moment - due, 200])
        alive.push({ token: body.access_token, until: moment + 5 * minute })
        seen.add(readToken(body.access_token)?.kid ?? '')
        const { body: set } = await call('oauth.jwks', { sourceIp: freshAddress() })
        expect(set.keys.map(({ kid }: { kid: string }) => kid)).toContain(readToken(body.access_token)?.kid)
        for (const { token, until } of alive) {
          if (moment > until) continue
          asked++
          expect([moment - due, (await withBearer(token)('patients.list')).status]).toEqual([moment - due, 200])
        }
      })
    }
    expect(asked).toBeGreaterThan(200)
    expect(seen.size).toBe(2)
    const [last, ...more] = await ringKids()
    expect([last === first, more]).toEqual([false, []])
    expect(await published()).toEqual([last])
  })

  it('a token of a key that is gone is refused, well signed and young though it is', async () => {
    const practice = await newPractice()
    const { secret } = await keyOf(practice)
    await rotate(start)
    const token = await tokenOf(secret)
    expect((await withBearer(token)('patients.list')).status).toBe(200)
    // Compromised: it is taken out of the secret by hand, and the next run withdraws it and makes another.
    await putRing({ keys: [] })
    await rotate(Date.now())
    expect(await stages()).toEqual(['current'])
    // Whoever has read it goes on with it for five minutes, which are the token's too.
    const later = Date.now() + 5 * minute + 1
    const refused = await at(later, () => withBearer(token)('patients.list'))
    expect([refused.status, refused.body.code]).toEqual([401, 'token-refused'])
  })

  it('goes on from wherever a run ended: at each write, of the secret and of the table', async () => {
    const moments = [start, start + 30 * day, start + 30 * day + 10 * minute, start + 30 * day + 30 * minute]
    for (const moment of moments) {
      // The run ends at its first write to the table, and the next at its second.
      for (const allowed of [0, 1]) {
        let writes = 0
        const hits = (command: string) => /TransactWrite/.test(command) && writes++ >= allowed
        await withFault(hits, sdkError('a crash'), () => rotate(moment).catch(() => undefined))
        // Whoever is to sign can be verified.
        const signs = (await ringNow()).keys.find(({ stage }) => stage === 'current')
        if (signs) expect(await published()).toContain(signs.kid)
      }
      await rotate(moment)
      expect(await published()).toEqual(await ringKids())
      expect((await stages()).filter(stage => stage === 'current')).toHaveLength(1)
    }
    expect(await stages()).toEqual(['current'])
  })

  it('twenty runs at once make one key', async () => {
    await Promise.all(Array.from({ length: 20 }, () => rotate(start)))
    expect(await stages()).toEqual(['current'])
    expect(await published()).toEqual(await ringKids())
    const due = start + 30 * day
    for (const moment of [due, due + 10 * minute, due + 30 * minute]) {
      await Promise.all(Array.from({ length: 20 }, () => rotate(moment)))
      expect(await published()).toEqual(await ringKids())
    }
    expect(await stages()).toEqual(['current'])
  })

  it('tells the trail of every step, and nobody of a private key', async () => {
    await rotate(start)
    const [{ kid, d }] = (await ringNow()).keys as [SigningKey]
    const records = await itemsAt(`AUDIT#platform#ENTITY#SigningKey#${kid}`, 'gsi3')
    expect(records).toContainEqual(
      expect.objectContaining({ name: 'maintenance.rotate-signing-keys', outcome: 'success' }),
    )
    expect(JSON.stringify([records, await itemsAt('JWK#signing')])).not.toContain(d)
  })
})
