import { beforeAll, describe, expect, it } from 'vitest'
import { keyOf } from '../../harness/clients.ts'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'

describe('GET /patients/{patientId}/access-report', () => {
  let practice: TestPractice
  let patient: Client
  let patientId: string
  const report = (client: Client, query: Record<string, string> = {}, id = patientId) =>
    client.call('audit.who-viewed', { params: { patientId: id }, query })

  beforeAll(async () => {
    practice = await newPractice()
    patientId = practice.patients[0]?.patientId ?? ''
    patient = await practice.as('patient')
    const params = { patientId }
    await (await practice.as('practitioner')).call('patients.get', { params })
    await patient.call('patients.get', { params })
    await (await practice.as('biller')).call('coverages.list', { params })
    await (await practice.as('auditor')).call('patients.get', { params })
    await (await practice.as('admin')).call('patients.get', {
      params: { patientId: practice.patients[1]?.patientId ?? '' },
    })
    await (await keyOf(practice, { name: 'Nightly reports', scopes: ['patient:read'] })).call('patients.get', {
      params,
    })
  })

  it('200 tells a patient who, in which role, when and what, newest first, and of nobody but staff', async () => {
    const { status, body } = await report(patient)
    expect(status).toBe(200)
    expect(body.items.map(({ at: _, ...entry }: { at: string }) => entry)).toEqual([
      {
        who: 'Nightly reports',
        role: 'computer program',
        kind: 'view',
        outcome: 'success',
        what: 'Looked at your personal details',
      },
      {
        who: 'Ilse Marchetti',
        role: 'privacy and audit staff',
        kind: 'view',
        outcome: 'denied',
        what: 'Tried to reach your personal details, and was refused',
      },
      {
        who: 'Rowan Pettersen',
        role: 'billing staff',
        kind: 'view',
        outcome: 'success',
        what: 'Looked at your personal details',
      },
      {
        who: 'Amara Okafor',
        role: 'clinician',
        kind: 'view',
        outcome: 'success',
        what: 'Looked at your personal details',
      },
    ])
    const times = body.items.map(({ at }: { at: string }) => at)
    expect(times).toEqual([...times].sort().reverse())
  })

  it('200 shows no address, no id and no session', async () => {
    expect(JSON.stringify((await report(patient)).body)).not.toMatch(/192\.0\.2|(usr|ses|aud|key|prc)_/)
  })

  it('200 pages', async () => {
    const whole = (await report(patient)).body.items
    const first = (await report(patient, { limit: '3' })).body
    expect(first.items).toEqual(whole.slice(0, 3))
    const second = (await report(patient, { limit: '3', cursor: first.next })).body
    expect(second.items).toEqual(whole.slice(3))
  })

  it("200 speaks to an auditor of the patient's record, and shows them their own look at it in no loop", async () => {
    const auditor = await practice.as('auditor')
    const { status, body } = await report(auditor)
    expect([status, body.items.at(-1).what]).toEqual([200, "Looked at the patient's personal details"])
    const again = await report(auditor)
    expect(again.body.items).toHaveLength(body.items.length + 1)
    expect(again.body.items[0]).toMatchObject({ what: "Looked at the patient's list of who saw the record" })
  })

  it('200 is audited itself, once, as a look at the patient', async () => {
    expect(await practice.recordsOf(await report(patient))).toEqual([
      expect.objectContaining({ name: 'audit.who-viewed', verb: 'R', outcome: 'success', patientId, status: 200 }),
    ])
  })

  it("404 for another patient's record, and for one that is not there", async () => {
    const others = practice.patients[1]?.patientId ?? ''
    for (const [client, id] of [
      [patient, others],
      [await practice.as('auditor'), `pat_${'0'.repeat(20)}`],
    ] as const) {
      const { status, body } = await report(client, {}, id)
      expect([status, body.code]).toEqual([404, 'patient-not-found'])
    }
  })

  it('404 for who may not read the trail', async () => {
    const { status, body } = await report(await practice.as('practitioner'))
    expect([status, body.code]).toEqual([404, 'forbidden'])
  })
})
