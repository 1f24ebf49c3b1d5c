import { beforeAll, describe, expect, it } from 'vitest'
import { subscriberOf } from '../../local/seed/cast.ts'
import { wallTimeOf } from '../../shared/domain/scheduling/wallTime.ts'
import { register } from '../functions/passkeys/fixture.ts'
import { withFault, withoutAudit } from '../harness/faults.ts'
import { clientOf, codeOf, enrol, login, owing, realHash, wrongCode } from '../harness/identity.ts'
import {
  type Answer,
  type Call,
  type Client,
  itemsOf,
  newPractice,
  sqsEvent,
  type TestPractice,
  work,
} from '../harness/index.ts'
import { outputOf } from '../harness/output.ts'
import { furnish, type Ids, sampleOf } from './samples.ts'

/** What stands for a person's data. Each begins so, in whatever form a field takes. */
const marks = ['KANARI', 'kanari', '5035557391', '1947-03-19', 'F43.25']

const patient = {
  name: { family: 'Kanari-KANARI', given: 'KANARIGiven', middle: 'KANARIMiddle' },
  birthDate: '1947-03-19',
  gender: 'F',
  address: { line1: '1 KANARI Street', line2: 'KANARI 2', city: 'KANARIville', state: 'OR', postalCode: '97299' },
  phone: '5035557391',
  email: 'kanari@patients.example',
}

describe("a person's data", () => {
  let practice: TestPractice
  let output = ''
  const refused: Answer[] = []
  const secrets: string[] = []
  let shown = 0

  beforeAll(async () => {
    practice = await newPractice({ passwordHash: await realHash() })
    const ids = await furnish(practice)
    output = await outputOf(() => live(ids))
  }, 120_000)

  /** A life of a record: everything that succeeds, everything that is refused, and everything that breaks. */
  async function live(ids: Ids): Promise<void> {
    const admin = await practice.as('admin')
    const ask = async (client: Client, id: string, request: Call = {}) => {
      const answer = await client.call(id, request)
      if (answer.status >= 400) refused.push(answer)
      else if (marks.some(mark => JSON.stringify(answer.body).includes(mark))) shown++
      return answer.body
    }

    const { patientId } = await ask(admin, 'patients.create', { body: patient })
    const subscriber = {
      ...subscriberOf(0).subscriber,
      ...person(patient),
      memberId: 'KANARI123',
      groupNumber: 'KANARI-G',
    }
    const insurance = { patientId, payerId: 'CASCADE1', relationship: '18', subscriber, start: '2020-01-01' }
    const { coverageId } = await ask(admin, 'coverages.create', { body: insurance })
    const start = `${wallTimeOf(new Date(Date.now() - 3 * 86_400_000).toJSON(), 'America/Los_Angeles').slice(0, 11)}12:00`
    const visit = { practitionerId: ids.prn, minutes: 60, modality: 'telehealth' }
    const booked = await ask(admin, 'appointments.create', { body: { patientId, ...visit, start } })
    const params = { appointmentId: booked.appointmentId }
    await ask(admin, 'appointments.complete', { params })

    const { content } = sampleOf('claims.create').body as { content: { lines: object[] } }
    const date = booked.start.slice(0, 10)
    const lines = content.lines.map(line => ({ ...line, date, diagnosisPointers: [1] }))
    const coded = { ...content, diagnoses: ['F43.25'], lines, priorAuthorization: 'KANARI-AUTH' }
    const claim = await ask(admin, 'claims.create', {
      body: { ...params, patientId, coverageId, renderingPractitionerId: visit.practitionerId, content: coded },
    })
    const { claimId } = claim
    for (const [id, request] of [
      ['patients.get', { params: { patientId } }],
      ['patients.list', {}],
      ['coverages.list', { params: { patientId } }],
      ['claims.get', { params: { claimId } }],
      ['claims.submit', { params: { claimId } }],
      ['audit.list', { query: { patientId } }],
    ] as [string, Call][]) {
      await ask(admin, id, request)
    }
    const message = { practiceId: practice.practice.practiceId, claimId, submission: claim.version + 1 }
    await work('claims.transmit', sqsEvent(message))
    await work('claims.transmit', sqsEvent({ ...message, claimId: 'KANARI' }))
    await work('claims.collect', {})

    // What is refused, with the same data in the wrong place.
    for (const [id, request] of [
      [
        'patients.create',
        { body: { ...patient, gender: 'KANARI', birthDate: 'kanari', phone: 'kanari', extra: 'KANARI' } },
      ],
      ['patients.create', { body: { ...patient, name: 'KANARI KANARI' } }],
      ['patients.create', { rawBody: `{"name":"KANARI",` }],
      ['patients.create', { body: patient, headers: { 'content-type': 'text/kanari' } }],
      ['patients.create', { body: patient, headers: { 'x-csrf': 'kanari' } }],
      ['patients.create', { body: { ...patient, notes: 'KANARI'.repeat(50_000) } }],
      ['patients.get', { params: { patientId: 'KANARI' } }],
      ['patients.list', { query: { cursor: 'KANARI', name: 'KANARI' } }],
      ['coverages.create', { body: { ...insurance, payerId: 'KANARIPAYER' } }],
      ['coverages.create', { body: { ...insurance, subscriber: { ...subscriber, memberId: 'KANARI*1' } } }],
      ['claims.update', { params: { claimId }, body: { version: 1, content: coded } }],
      ['claims.update', { params: { claimId }, body: { version: 99, content: { ...coded, diagnoses: ['kanari'] } } }],
      ['audit.list', { query: { entity: 'Kanari/KANARI', day: 'KANARI' } }],
    ] as [string, Call][]) {
      await ask(admin, id, request)
    }
    const auditor = await practice.as('auditor')
    await ask(auditor, 'patients.create', { body: patient })
    await ask(auditor, 'patients.get', { params: { patientId } })

    // What breaks: a fault whose message, as a database's may, repeats the data; and a trail that cannot be written.
    const fault = new Error(`The item {"family":"KANARI"} is not valid\n    at KANARI (kanari)`)
    const person0 = { params: { patientId } }
    await withFault(
      (_, input) => input.includes('PATIENT#'),
      fault,
      () => ask(admin, 'patients.get', person0),
    )
    await withFault(
      (_, input) => input.includes('PATIENT#'),
      fault,
      () => ask(admin, 'patients.create', { body: patient }),
    )
    await withoutAudit(() => ask(admin, 'patients.get', person0))
    await withoutAudit(() => ask(admin, 'patients.create', { body: patient }))

    // What somebody calls their passkey.
    const own = await practice.as('front-desk')
    const registered = await register(own, undefined, {}, 'KANARI phone')
    const registrant = clientOf(own.user, registered)
    const passkey = { params: { passkeyId: registered.body.passkey.passkeyId } }
    await ask(registrant, 'passkeys.list')
    await ask(registrant, 'passkeys.rename', { ...passkey, body: { label: 'KANARI key' } })
    await ask(registrant, 'passkeys.rename', { ...passkey, body: { label: 'KANARI\u0000' } })
    secrets.push(...registered.body.backupCodes)

    // Secrets of signing in.
    const { supervisor } = practice.users
    for (const password of ['kanari-password', 'a-long-test-password']) {
      const answer = await login(supervisor, { password })
      if (answer.status >= 400) refused.push(answer)
    }
    const { secret, backupCodes } = await enrol(await practice.as('supervisor', 'pending'))
    const wrong = wrongCode(secret)
    for (const code of [wrong, `KANAR${'1'.repeat(20)}`, backupCodes[0], codeOf(secret)]) {
      await ask(await owing(supervisor), 'mfa.verify', { body: { code } })
    }
    secrets.push(secret, ...backupCodes, ...backupCodes.map(code => code.replaceAll('-', '')))
    secrets.push(
      'kanari-password',
      'a-long-test-password',
      supervisor.email,
      admin.token,
      admin.token.split('.')[2] ?? '',
    )
  }

  const mentions = (text: string) => [...marks, ...secrets].filter(word => text.includes(word))

  it('was there to be found', () => {
    expect(shown).toBeGreaterThanOrEqual(6)
    expect(refused.length).toBeGreaterThanOrEqual(20)
    expect(output.split('\n').length).toBeGreaterThan(40)
    expect(output).toContain('"message":"request failed"')
    expect(output).toContain('AUDIT UNAVAILABLE')
    expect(output).toContain('message failed')
    expect(output).toContain('Transmission-accepted')
  })

  it('is in no log line and no metric', () => {
    expect(output.split('\n').filter(line => mentions(line).length > 0)).toEqual([])
  })

  it('is in no audit record', async () => {
    const trail = await practice.trail()
    expect(trail.length).toBeGreaterThan(50)
    // The client's own name for itself is the only free text of a record, and none of it is a person's.
    expect(trail.filter(event => mentions(JSON.stringify(event)).length > 0)).toEqual([])
  })

  it('is in no answer that refuses something', () => {
    expect(refused.map(({ body }) => JSON.stringify(body)).filter(body => mentions(body).length > 0)).toEqual([])
  })

  it('is in no key of the table, which others than the record’s readers can see', async () => {
    const items = await itemsOf(practice.practice.practiceId)
    const keys = items.map(item =>
      Object.entries(item).filter(([name]) => /^(pk|sk|gsi[123][ps]k|lsi[12]sk)$/.test(name)),
    )
    expect(keys.filter(key => mentions(JSON.stringify(key)).length > 0)).toEqual([])
  })

  it('of signing in is nowhere in the table as it was shown', async () => {
    const items = JSON.stringify((await itemsOf(practice.practice.practiceId)).map(({ email: _, ...item }) => item))
    const { supervisor } = practice.users
    expect(secrets.filter(secret => secret !== supervisor.email && items.includes(secret))).toEqual([])
  })
})

const person = ({ name, birthDate, gender, address }: typeof patient) => ({ name, birthDate, gender, address })
