import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { changeUser, clientOf, linked, sessionOf } from '../../harness/identity.ts'
import { type Client, itemsAt, itemsLike, newPractice, place, type TestPractice, table } from '../../harness/index.ts'

describe('DELETE /federation/identities/{identityId}', () => {
  let practice: TestPractice
  let client: Client
  beforeEach(async () => {
    practice = await newPractice()
    client = await practice.as('patient')
  })

  const link = (subject: string, who = practice.users.patient) =>
    linked(who, 'google', 'https://accounts.google.com', subject)
  const unlink = (identityId: string, who = client) => who.call('federation.unlink', { params: { identityId } })
  const left = async () =>
    (await itemsAt(`IDENTITY#${practice.practice.practiceId}#${client.user.userId}`, 'gsi1')).length
  /** Somebody who never set a password. */
  const forgetPassword = async () => {
    const { practiceId, userId } = client.user
    const Key = { pk: `USER#${practiceId}#${userId}`, sk: 'USER' }
    await table.send(
      new UpdateCommand({ TableName: place.environment.TABLE_NAME, Key, UpdateExpression: 'REMOVE passwordHash' }),
    )
  }

  it('200 while there is a password, tells the user, and leaves a record', async () => {
    const { identityId } = await link('1')
    const answer = await unlink(identityId)
    expect(answer.status).toBe(200)
    expect(await left()).toBe(0)
    const notices = await itemsLike(`NOTICE#${practice.practice.practiceId}#`)
    expect(notices.map(({ kind, userId }) => [kind, userId])).toEqual([['identity-unlinked', client.user.userId]])
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({ verb: 'D', outcome: 'success', entity: { type: 'Identity', id: identityId } }),
    ])
  })

  it('200 ends every session but this one, which goes on under another token with its old deadline', async () => {
    const { identityId } = await link('1')
    const other = await practice.as('patient')
    const answer = await unlink(identityId)
    const kept = clientOf(client.user, answer)
    expect((await kept.call('sessions.current')).body).toMatchObject({
      sessionId: answer.body.sessionId,
      aal: 'aal2',
      absoluteExpiresAt: answer.body.absoluteExpiresAt,
    })
    for (const ended of [client, other]) {
      expect((await ended.call('sessions.current')).body.code).toBe('session-expired')
    }
  })

  it('409 for the only way in', async () => {
    const { identityId } = await link('1')
    await forgetPassword()
    const { status, body } = await unlink(identityId)
    expect([status, body.code, await left()]).toEqual([409, 'last-way-in', 1])
  })

  it('200 where a passkey is left', async () => {
    const { identityId } = await link('1')
    await forgetPassword()
    await changeUser(client.user, { factors: ['passkey'] })
    expect((await unlink(identityId)).status).toBe(200)
  })

  it('409 where a second factor is left that alone lets nobody in', async () => {
    const { identityId } = await link('1')
    await forgetPassword()
    await changeUser(client.user, { factors: ['totp', 'sms'] })
    expect((await unlink(identityId)).body.code).toBe('last-way-in')
  })

  it('200 for one of two, and never for both: not even of those that are unlinked at once', async () => {
    const pair = [await link('1'), await link('2')]
    await forgetPassword()
    const clients = await Promise.all(Array.from({ length: 20 }, () => sessionOf(client.user)))
    const answers = await Promise.all(clients.map((who, index) => unlink(pair[index % 2]?.identityId ?? '', who)))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter(status => status === 200)).toHaveLength(1)
    expect(statuses.every(status => [200, 401, 404, 409].includes(status))).toBe(true)
    expect(await left()).toBe(1)
  })

  it('404 for somebody else’s, for one of another practice, and for one that is gone', async () => {
    const others = await link('1', practice.users.biller)
    const elsewhere = await link('1', (await newPractice()).users.patient)
    const gone = await link('2')
    expect((await unlink(gone.identityId)).status).toBe(200)
    const still = await sessionOf({ ...client.user, sessionEpoch: 1 })
    for (const { identityId } of [others, elsewhere, gone]) {
      const { status, body } = await unlink(identityId, still)
      expect([status, body.code]).toEqual([404, 'identity-not-found'])
    }
  })

  it('403 without a factor that was just shown', async () => {
    const { identityId } = await link('1')
    const stale = await sessionOf(client.user, { verifiedAt: '2026-01-01T00:00:00.000Z' })
    expect((await unlink(identityId, stale)).body.code).toBe('step-up-required')
    expect(await left()).toBe(1)
  })
})
