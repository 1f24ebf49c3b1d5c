import { describe, expect, it } from 'vitest'
import { at } from '../../harness/clock.ts'
import { changeUser, clientOf, enrol, login, realHash } from '../../harness/identity.ts'
import { itemsAt, newPractice } from '../../harness/index.ts'
import { demandFactors } from './fixture.ts'

const day = 86_400_000

describe('PUT /practices/current/sign-in-policy', () => {
  const set = async (own: Awaited<ReturnType<typeof newPractice>>, patientMfa: string, graceDays: number) =>
    (await own.as('admin')).call('practices.set-sign-in-policy', { body: { patientMfa, graceDays } })

  it('200 notes since when a factor is demanded, and saying it again moves nothing', async () => {
    const own = await newPractice()
    const moment = '2029-05-01T10:00:00.000Z'
    const answer = await at(moment, () => set(own, 'required', 7))
    expect([answer.status, answer.body]).toEqual([200, { patientMfa: 'required', graceDays: 7, requiredSince: moment }])
    const later = await at('2029-06-01T10:00:00.000Z', () => set(own, 'required', 30))
    expect(later.body).toEqual({ patientMfa: 'required', graceDays: 30, requiredSince: moment })
  })

  it('200 audits which fields changed, and no longer demands what is only offered', async () => {
    const own = await newPractice()
    await demandFactors(own, 7)
    const answer = await set(own, 'offered', 7)
    expect(answer.body).toEqual({ patientMfa: 'offered', graceDays: 7 })
    const [stored] = await itemsAt(`PRACTICE#${own.practice.practiceId}`)
    expect(stored).toMatchObject({ signIn: { patientMfa: 'offered', graceDays: 7 }, version: 3 })
    expect(await own.recordsOf(answer)).toEqual([
      expect.objectContaining({ verb: 'U', outcome: 'success', changed: expect.arrayContaining(['signIn']) }),
    ])
  })

  it('200 lets a patient sign in without a factor while the grace lasts, and only enrol after it', async () => {
    const own = await newPractice({ passwordHash: await realHash() })
    const { patient } = own.users
    const { requiredSince } = await demandFactors(own, 3)
    const ends = Date.parse(requiredSince) + 3 * day
    const before = await at(ends - 1_000, () => login(patient))
    expect(before.body).toMatchObject({ aal: 'aal1', next: 'none' })

    await at(ends, async () => {
      const after = await login(patient)
      expect(after.body).toMatchObject({ aal: 'pending', next: 'mfa-setup' })
      const client = clientOf(patient, after)
      expect((await client.call('appointments.list', { query: {} })).body.code).toBe('mfa-required')
      const { client: enrolled } = await enrol(client)
      expect((await enrolled.call('sessions.current')).body).toMatchObject({ aal: 'aal2', next: 'none' })
    })
  })

  it('200 gives whoever registers later a grace of their own', async () => {
    const own = await newPractice({ passwordHash: await realHash() })
    const { patient } = own.users
    const { requiredSince } = await demandFactors(own, 3)
    await changeUser(patient, { createdAt: new Date(Date.parse(requiredSince) + 10 * day).toJSON() })
    const { body } = await at(Date.parse(requiredSince) + 12 * day, () => login(patient))
    expect(body).toMatchObject({ aal: 'aal1', next: 'none' })
  })

  it('200 demands of a patient with no grace at all that they enrol at once', async () => {
    const own = await newPractice({ passwordHash: await realHash() })
    await demandFactors(own, 0)
    expect((await login(own.users.patient)).body).toMatchObject({ aal: 'pending', next: 'mfa-setup' })
  })

  it('200 or 409, and never a mixture, for twenty who set it at once', async () => {
    const own = await newPractice()
    const answers = await Promise.all(Array.from({ length: 20 }, (_, graceDays) => set(own, 'required', graceDays)))
    const set200 = answers.filter(({ status }) => status === 200)
    expect(answers.every(({ status }) => [200, 409].includes(status))).toBe(true)
    const [stored] = await itemsAt(`PRACTICE#${own.practice.practiceId}`)
    expect(stored?.version).toBe(1 + set200.length)
    expect(set200.map(({ body }) => body)).toContainEqual(stored?.signIn)
  })

  it('400 for a date of its own, and for a grace of months', async () => {
    const own = await newPractice()
    const admin = await own.as('admin')
    const body = { patientMfa: 'required', graceDays: 91, requiredSince: '2020-01-01T00:00:00.000Z' }
    const { status, body: problem } = await admin.call('practices.set-sign-in-policy', { body })
    expect(status).toBe(400)
    expect(problem.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      'body.graceDays',
      'body.requiredSince',
    ])
  })
})
