import { beforeAll, describe, expect, it } from 'vitest'
import { letterOf } from '../../../shared/domain/notices/letters.ts'
import { at, plus } from '../../harness/clock.ts'
import { sessionOf } from '../../harness/identity.ts'
import { itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'
import { noticesOf } from '../../harness/letters.ts'
import { told } from '../appointments/fixture.ts'
import { breakGlass, look, restrict } from './fixture.ts'

describe('POST /break-glass', () => {
  let practice: TestPractice
  let other: TestPractice
  beforeAll(async () => {
    ;[practice, other] = await Promise.all([newPractice(), newPractice()])
  })

  it('201 opens the one record, and every record of it in the trail says so, in the write itself', async () => {
    const own = await newPractice()
    const { patientId } = await restrict(own)
    const client = await own.as('practitioner')
    expect(told(await look(client, patientId))).toBe('404 patient-not-found')
    const started = await breakGlass(client, patientId)
    expect(started.status).toBe(201)
    const { breakGlassId, startedAt, expiresAt } = started.body
    expect(started.body).toMatchObject({
      status: 'awaiting-review',
      userId: client.user.userId,
      purposeOfUse: 'ETREAT',
    })
    expect(Date.parse(expiresAt) - Date.parse(startedAt)).toBe(30 * 60_000)
    const seen = await look(client, patientId)
    expect(seen.status).toBe(200)
    const mark = { patientId, breakGlassId, purposeOfUse: 'ETREAT', outcome: 'success' }
    for (const answer of [started, seen]) expect(await own.recordsOf(answer)).toMatchObject([mark])
    // A list has a record for each: that of the one is marked, and that of the others is not.
    const records = await own.recordsOf(await client.call('patients.list'))
    expect(records.filter(record => record.breakGlassId).map(record => record.patientId)).toEqual([patientId])
    // What is refused is marked too.
    const params = { patientId }
    const refused = await client.call('patients.set-restriction', { params, body: {} })
    expect(await own.recordsOf(refused)).toMatchObject([{ outcome: 'denied', breakGlassId }])
  })

  it('201 calls everybody who watches over it at once, by a mail that names nothing but its id', async () => {
    const own = await newPractice()
    const { patientId } = await restrict(own)
    const { body } = await breakGlass(await own.as('practitioner'), patientId)
    const notices = await noticesOf(own.practice.practiceId, 'break-glass-started')
    expect(notices.map(({ userId }) => userId).sort()).toEqual(
      [own.users.admin.userId, own.users.auditor.userId].sort(),
    )
    const { subject, text } = letterOf(notices[0]!, undefined)
    expect(text).toContain(body.breakGlassId)
    for (const secret of [patientId, 'unconscious', own.patients[0]!.name.family, own.users.practitioner.userId]) {
      expect(subject + text + JSON.stringify(notices)).not.toContain(secret)
    }
  })

  it('404 of the record again at the very moment at which it ends, and not before', async () => {
    const own = await newPractice()
    const { patientId } = await restrict(own)
    const moment = new Date().toJSON()
    const started = await at(moment, async () =>
      breakGlass(await sessionOf(own.users.practitioner), patientId, { minutes: 60 }),
    )
    const { expiresAt } = started.body
    expect(expiresAt).toBe(plus(moment, 3_600_000))
    const lookAt = (ms: number) =>
      at(plus(expiresAt, ms), async () => {
        const answer = await look(await sessionOf(own.users.practitioner), patientId)
        const [record] = await own.recordsOf(answer)
        return [told(answer), record?.breakGlassId]
      })
    expect(await lookAt(-1)).toEqual(['200', started.body.breakGlassId])
    expect(await lookAt(0)).toEqual(['404 patient-not-found', undefined])
    expect(await lookAt(1_000)).toEqual(['404 patient-not-found', undefined])
  })

  it('404 of another restricted record, of another user, and in another practice', async () => {
    const own = await newPractice()
    const [{ patientId }, { patientId: second }] = [await restrict(own), await restrict(own, { patient: 2 })]
    const client = await own.as('practitioner')
    await breakGlass(client, patientId)
    expect(told(await look(client, second))).toBe('404 patient-not-found')
    expect(told(await look(await own.as('supervisor'), patientId))).toBe('404 patient-not-found')
    const foreign = other.patients[0]!.patientId
    expect(told(await breakGlass(client, foreign))).toBe('404 patient-not-found')
    expect(await itemsAt(`BREAKGLASS#${own.practice.practiceId}#${client.user.userId}`)).toHaveLength(1)
  })

  it('201 once of two who start at once, and the other is told to look again', async () => {
    const own = await newPractice()
    const [{ patientId }, { patientId: second }] = [await restrict(own), await restrict(own, { patient: 2 })]
    const client = await own.as('practitioner')
    const answers = await Promise.all([breakGlass(client, patientId), breakGlass(client, second)])
    expect(answers.map(told).sort()).toEqual(['201', '409 conflict'])
    const open = [await look(client, patientId), await look(client, second)].map(({ status }) => status)
    expect(open.sort()).toEqual([200, 404])
    expect(await noticesOf(own.practice.practiceId, 'break-glass-started')).toHaveLength(2)
  })

  it('201 again is a new access with a reason of its own, and no longer than an hour from then', async () => {
    const own = await newPractice()
    const { patientId } = await restrict(own)
    const client = await own.as('practitioner')
    const first = await breakGlass(client, patientId)
    const again = await breakGlass(client, patientId, { explanation: 'Still unconscious', minutes: 60 })
    expect(again.body.breakGlassId).not.toBe(first.body.breakGlassId)
    const [record] = await own.recordsOf(await look(client, patientId))
    expect(record?.breakGlassId).toBe(again.body.breakGlassId)
    expect(await itemsAt(`BREAKGLASS#${own.practice.practiceId}#awaiting-review`, 'gsi1')).toHaveLength(2)
  })

  it('409 for a sixth record at once', async () => {
    const own = await newPractice()
    const desk = await own.as('front-desk')
    const client = await own.as('supervisor')
    const { name, birthDate, gender, address } = own.patients[0]!
    const outcomes: string[] = []
    for (let count = 0; count < 6; count++) {
      const { body } = await desk.call('patients.create', { body: { name, birthDate, gender, address } })
      outcomes.push(told(await breakGlass(client, body.patientId)))
    }
    expect(outcomes).toEqual(['201', '201', '201', '201', '201', '409 too-many-leases'])
  })

  it('403 with a factor that was shown more than five minutes ago', async () => {
    const verifiedAt = new Date(Date.now() - 301_000).toJSON()
    const client = await sessionOf(practice.users.practitioner, { verifiedAt })
    expect(told(await breakGlass(client, practice.patients[0]!.patientId))).toBe('403 step-up-required')
  })

  it.each([
    ['more than an hour', { minutes: 61 }, 'body.minutes'],
    ['no time', { minutes: 0 }, 'body.minutes'],
    ['no reason', { explanation: '  ' }, 'body.explanation'],
    ['another purpose', { purposeOfUse: 'HMARKT' }, 'body.purposeOfUse'],
  ])('400 for %s', async (_, wrong, path) => {
    const { status, body } = await breakGlass(await practice.as('practitioner'), practice.patients[0]!.patientId, wrong)
    expect([status, body.errors[0].path]).toEqual([400, path])
  })

  it.each(['admin', 'biller', 'front-desk', 'auditor', 'patient'] as const)('404 for the %s', async role => {
    expect(told(await breakGlass(await practice.as(role), practice.patients[0]!.patientId))).toBe('404 forbidden')
  })
})
