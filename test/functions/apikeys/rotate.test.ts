import { beforeAll, describe, expect, it } from 'vitest'
import { keyOf, withBearer } from '../../harness/clients.ts'
import { at, plus } from '../../harness/clock.ts'
import { itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'

describe('POST /api-keys/{keyId}/rotation', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })
  const rotate = async (keyId: string, overlapMinutes = 60) =>
    (await practice.as('admin')).call('apikeys.rotate', { params: { keyId }, body: { overlapMinutes } })
  const statusOf = async (secret: string) => (await withBearer(secret)('patients.list')).status

  it('200 gives another secret, and the one before it its hour', async () => {
    const { key, secret } = await keyOf(practice)
    const { status, body } = await rotate(key.keyId)
    expect([status, body.secret === secret]).toEqual([200, false])
    const until = body.previousUntil
    expect([await statusOf(secret), await statusOf(body.secret)]).toEqual([200, 200])
    expect(await at(plus(until, -1), () => statusOf(secret))).toBe(200)
    expect(await at(until, () => statusOf(secret))).toBe(401)
    expect(await at(until, () => statusOf(body.secret))).toBe(200)
  })

  it('200 ends the one before it at once, when no overlap is asked for', async () => {
    const { key, secret } = await keyOf(practice)
    const { body } = await rotate(key.keyId, 0)
    expect([await statusOf(secret), await statusOf(body.secret)]).toEqual([401, 200])
  })

  it('200 again leaves only the last two secrets', async () => {
    const { key, secret } = await keyOf(practice)
    const { body: second } = await rotate(key.keyId)
    const { body: third } = await rotate(key.keyId)
    expect([await statusOf(secret), await statusOf(second.secret), await statusOf(third.secret)]).toEqual([
      401, 200, 200,
    ])
  })

  it('200 once, of twenty at once: no secret is shown that does not work', async () => {
    const { key, secret } = await keyOf(practice)
    const answers = await Promise.all(Array.from({ length: 20 }, () => rotate(key.keyId)))
    const given = answers.filter(({ status }) => status === 200)
    expect(answers.filter(({ status }) => status !== 200).map(({ status }) => status)).toEqual(
      Array(20 - given.length).fill(409),
    )
    expect(given.length).toBeGreaterThanOrEqual(1)
    const working = await Promise.all(given.map(({ body }) => statusOf(body.secret)))
    expect(working.filter(status => status === 200).length).toBeGreaterThanOrEqual(Math.min(2, given.length))
    const [item] = await itemsAt(`APIKEY#${practice.practice.practiceId}#${key.keyId}`)
    expect(item?.version).toBe(1 + given.length)
    if (given.length === 1) expect(await statusOf(secret)).toBe(200)
  })

  it('409 for a key that is over, 404 for one that there is not', async () => {
    const { key } = await keyOf(practice, { revokedAt: new Date().toJSON() })
    expect((await rotate(key.keyId)).body.code).toBe('api-key-over')
    const other = await keyOf(await newPractice())
    expect((await rotate(other.key.keyId)).body.code).toBe('api-key-not-found')
  })

  it('400 for an overlap of more than a day', async () => {
    const { key } = await keyOf(practice)
    expect((await rotate(key.keyId, 1_441)).status).toBe(400)
  })
})
