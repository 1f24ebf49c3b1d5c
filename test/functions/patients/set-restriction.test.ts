import { beforeAll, describe, expect, it } from 'vitest'
import { keyOf } from '../../harness/clients.ts'
import { itemsAt, newPractice, plant, type TestPractice } from '../../harness/index.ts'
import { ago, book, booking, told } from '../appointments/fixture.ts'
import { look, restrict } from '../breakglass/fixture.ts'
import { draft, draftBody } from '../claims/fixture.ts'
import { join, prepare } from '../telehealth/fixture.ts'

describe('PUT /patients/{patientId}/restriction', () => {
  it('200 says what holds, shows nothing of the record, and is in its trail', async () => {
    const practice = await newPractice()
    const { patientId, answer } = await restrict(practice)
    const careTeam = [practice.practitioners[1]?.practitionerId]
    expect(answer.body).toEqual({
      patientId,
      confidentiality: 'restricted',
      careTeam,
      withheldFromPayers: false,
      version: 2,
    })
    expect(await practice.recordsOf(answer)).toMatchObject([
      { verb: 'U', outcome: 'success', entity: { type: 'Patient', id: patientId }, patientId, version: 2 },
    ])
    const [item] = await itemsAt(`PATIENT#${practice.practice.practiceId}#${patientId}`)
    expect(item).toMatchObject({ confidentiality: 'restricted', careTeam, version: 2 })
  })

  describe('hides a restricted record from the next request on', () => {
    let practice: TestPractice
    let patientId: string
    let appointmentId: string
    let telehealthId: string
    let claimId: string
    beforeAll(async () => {
      practice = await newPractice()
      const admin = await practice.as('admin')
      claimId = (await draft(practice, admin)).claimId
      const room = await prepare(practice, admin)
      telehealthId = room.telehealthId
      appointmentId = room.appointment.appointmentId
      patientId = (await restrict(practice)).patientId
    })
    const asks = () =>
      [
        ['patients.get', { patientId }],
        ['appointments.get', { appointmentId }],
        ['telehealth.get', { telehealthId }],
        ['claims.get', { claimId }],
      ] as const
    const told4 = async (role: 'supervisor' | 'admin' | 'biller' | 'front-desk' | 'patient' | 'practitioner') => {
      const client = await practice.as(role)
      const answers = await Promise.all(asks().map(([id, params]) => client.call(id, { params })))
      return answers.map(told).join(', ')
    }
    const hidden = '404 patient-not-found, 404 appointment-not-found, 404 telehealth-not-found, 404 claim-not-found'

    it('404 of all of it to whoever does not treat the patient, the administrator too', async () => {
      expect([await told4('supervisor'), await told4('admin')]).toEqual([hidden, hidden])
    })

    it('200 of a visit to whoever holds it, and of nothing else', async () => {
      expect(await told4('practitioner')).toBe('404 patient-not-found, 200, 200, 404 claim-not-found')
    })

    it('200 of the claim to the biller and of the visit to the desk, who see no chart', async () => {
      expect(await told4('biller')).toBe('404 patient-not-found, 404 appointment-not-found, 404 forbidden, 200')
      expect(await told4('front-desk')).toBe('404 patient-not-found, 200, 200, 404 forbidden')
    })

    it('200 of all of it to the patient', async () => {
      expect(await told4('patient')).toBe('200, 200, 200, 200')
    })

    it('404 to a program, whatever its scopes', async () => {
      const { call } = await keyOf(practice, { scopes: ['patient:read', 'claim:read'] })
      expect(told(await call('patients.get', { params: { patientId } }))).toBe('404 patient-not-found')
      expect(told(await call('claims.get', { params: { claimId } }))).toBe('404 claim-not-found')
    })

    it('lists leave it out: pages are as long as ever, no cursor names it, and nobody reads of it in a trail', async () => {
      const own = await newPractice()
      const admin = await own.as('admin')
      const { name, birthDate, gender, address } = own.patients[0] as TestPractice['patients'][number]
      const registered: string[] = []
      for (let count = 0; count < 4; count++) {
        const { body } = await admin.call('patients.create', { body: { name, birthDate, gender, address } })
        registered.push(body.patientId)
      }
      // The newest first: the second to last is hidden, where a page of one would end.
      const { patientId: hiddenId } = await restrict({ ...own, patients: [{ patientId: registered[2] }] } as never)
      const seen: string[] = []
      let query: Record<string, string> = { limit: '1' }
      for (let pages = 0; pages < 10; pages++) {
        const answer = await admin.call('patients.list', { query })
        const { items, next } = answer.body
        seen.push(...items.map((item: { patientId: string }) => item.patientId))
        expect(JSON.stringify(await own.recordsOf(answer))).not.toContain(hiddenId)
        if (!next) break
        expect(items).toHaveLength(1)
        expect(Buffer.from(next, 'base64url').toString()).not.toContain(hiddenId)
        query = { limit: '1', cursor: next }
      }
      const all = [...registered, ...own.patients.map(({ patientId }) => patientId)]
      expect(seen.toSorted()).toEqual(all.filter(id => id !== hiddenId).toSorted())
    })

    it('200 with an empty list of a hidden patient’s visits, coverages and claims, as of a patient that is not there', async () => {
      const admin = await practice.as('admin')
      for (const [id, request] of [
        ['appointments.list', { query: { patientId } }],
        ['claims.list', { query: { patientId } }],
        ['coverages.list', { params: { patientId } }],
      ] as const) {
        const { status, body } = await admin.call(id, request)
        expect([id, status, body]).toEqual([id, 200, { items: [] }])
      }
      const { body } = await (await practice.as('biller')).call('coverages.list', { params: { patientId } })
      expect(body.items).toHaveLength(1)
    })

    it('404 of booking for it, as for a patient that is not there; 201 to the desk', async () => {
      const supervisor = await practice.as('supervisor')
      const refused = await supervisor.call('appointments.create', { body: booking(practice, '2031-04-01T09:00') })
      expect(told(refused)).toBe('404 patient-not-found')
      expect((await book(await practice.as('front-desk'), practice, '2031-04-01T09:00')).status).toBe('booked')
    })
  })

  it('201 drafts a claim for a biller, who may not read the chart: payment goes on', async () => {
    const practice = await newPractice()
    const body = await draftBody(practice, await practice.as('front-desk'))
    await restrict(practice)
    const biller = await practice.as('biller')
    expect(told(await biller.call('claims.create', { body }))).toBe('201')
    const supervisor = await practice.as('supervisor')
    expect((await supervisor.call('claims.create', { body })).status).toBe(404)
  })

  it('404 of a very restricted record also to those whose work goes on with a restricted one', async () => {
    const practice = await newPractice()
    const { claimId } = await draft(practice, await practice.as('admin'))
    const { patientId } = await restrict(practice, { confidentiality: 'very-restricted' })
    const [biller, desk] = [await practice.as('biller'), await practice.as('front-desk')]
    expect(told(await biller.call('claims.get', { params: { claimId } }))).toBe('404 claim-not-found')
    const body = booking(practice, ago(0))
    expect(told(await desk.call('appointments.create', { body }))).toBe('404 patient-not-found')
    expect((await look(await practice.as('practitioner'), patientId)).status).toBe(404)
  })

  it('200 to the care team, and to all again when it is lifted', async () => {
    const practice = await newPractice()
    const { patientId } = await restrict(practice, { team: 0, confidentiality: 'very-restricted' })
    const [practitioner, supervisor] = [await practice.as('practitioner'), await practice.as('supervisor')]
    expect([await look(practitioner, patientId), await look(supervisor, patientId)].map(told)).toEqual([
      '200',
      '404 patient-not-found',
    ])
    await restrict(practice, { confidentiality: 'normal' })
    expect(told(await look(supervisor, patientId))).toBe('200')
  })

  it('409 of a claim whose patient paid and told the payer nothing, until they say otherwise', async () => {
    const practice = await newPractice()
    const biller = await practice.as('biller')
    const { claimId } = await draft(practice, await practice.as('admin'))
    await restrict(practice, { confidentiality: 'normal', withheldFromPayers: true })
    expect(told(await biller.call('claims.submit', { params: { claimId } }))).toBe('409 withheld-from-payers')
    await restrict(practice, { confidentiality: 'normal' })
    expect(told(await biller.call('claims.submit', { params: { claimId } }))).toBe('202')
  })

  it('422 without a care team, 404 with one that is not known, and 409 when the practice has too many', async () => {
    const practice = await newPractice()
    const admin = await practice.as('admin')
    const { patientId = '' } = practice.patients[0] ?? {}
    const set = async (careTeam: unknown[]) =>
      told(
        await admin.call('patients.set-restriction', {
          params: { patientId },
          body: { confidentiality: 'restricted', careTeam, withheldFromPayers: false },
        }),
      )
    expect(await set([])).toBe('422 care-team-missing')
    expect(await set(['prn_00000000000000000000'])).toBe('404 practitioner-not-found')
    const { practiceId } = practice.practice
    const careTeam = [practice.practitioners[0]?.practitionerId]
    const ids = Array.from({ length: 400 }, (_, index) => `pat_${String(index).padStart(20, '0')}`)
    const patients = Object.fromEntries(ids.map(id => [id, { confidentiality: 'restricted', careTeam }]))
    const updatedAt = new Date().toJSON()
    await plant({ pk: `RESTRICTION#${practiceId}`, sk: 'RESTRICTION', practiceId, patients, updatedAt, version: 1 })
    expect(await set(careTeam)).toBe('409 too-many-restrictions')
  })

  it('409 to all but one of ten who set it at once', async () => {
    const practice = await newPractice()
    const { patientId = '' } = practice.patients[0] ?? {}
    const admin = await practice.as('admin')
    const body = {
      confidentiality: 'restricted',
      careTeam: [practice.practitioners[0]?.practitionerId],
      withheldFromPayers: false,
    }
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => admin.call('patients.set-restriction', { params: { patientId }, body })),
    )
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(1)
    const [list] = await itemsAt(`RESTRICTION#${practice.practice.practiceId}`)
    const [item] = await itemsAt(`PATIENT#${practice.practice.practiceId}#${patientId}`)
    const done = answers.filter(({ status }) => status === 200).length
    expect([list?.version, item?.version]).toEqual([done, done + 1])
    expect(answers.filter(({ status }) => status !== 200).every(({ body: { code } }) => code === 'conflict')).toBe(true)
  })

  it('hides a call that its host’s patient waits for from all but its people', async () => {
    const practice = await newPractice()
    const { telehealthId } = await prepare(practice, await practice.as('admin'))
    await restrict(practice)
    expect(told(await join(await practice.as('supervisor'), telehealthId))).toBe('404 telehealth-not-found')
    expect(told(await join(await practice.as('practitioner'), telehealthId))).toBe('200')
  })
})
