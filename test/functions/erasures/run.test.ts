import { describe, expect, it } from 'vitest'
import { forgetRecordKeys, opened } from '../../../shared/store/sealing.ts'
import { sdkError, withFault } from '../../harness/faults.ts'
import { itemsLike, newPractice, plant, storedItemsLike, type TestPractice, work } from '../../harness/index.ts'
import { tokenOf } from '../../harness/letters.ts'
import { ask, chosen } from '../accounts/fixture.ts'
import { requestAmendment } from '../amendments/fixture.ts'
import { ago, book, told } from '../appointments/fixture.ts'
import { inserted } from '../audit/archive.ts'
import { breakGlass, restrict } from '../breakglass/fixture.ts'
import { submitted, transmit } from '../claims/fixture.ts'
import { disclose } from '../disclosures/fixture.ts'
import { correct } from '../patients/fixture.ts'
import { notesOf, therapy } from '../psychotherapy/fixture.ts'
import { age, decide, granted, place, release, request, run, stands } from './fixture.ts'

const slow = 120_000

/** A practice whose first patient has something of every kind, each with a value that nothing else has. */
async function lived(practice: TestPractice) {
  const patientId = practice.patients[0]!.patientId
  const admin = await practice.as('admin')
  const canary = `Canary${patientId.slice(-8)}`
  const { therapist } = await therapy(practice)
  for (const domain of ['psychotherapy', 'substanceuse'] as const)
    await notesOf(domain).write(therapist, patientId, { paragraphs: [`${canary} spoke`] })
  const name = { family: canary, given: canary }
  const corrected = await correct(admin, patientId, { name })
  if (corrected.status !== 200) throw new Error(`not corrected: ${JSON.stringify(corrected.body)}`)
  await correct(admin, patientId, { phone: '5035550188' }, 2)
  await disclose(admin, patientId, { what: `A test of ${canary}` })
  await requestAmendment(admin, patientId)
  await breakGlass(await practice.as('supervisor'), patientId, { explanation: `${canary} fell` })
  const { claim, message } = await submitted(practice, admin)
  await transmit(message)
  const { appointmentId } = await book(admin, practice, ago(0), 5)
  const { telehealthId } = (await admin.call('telehealth.create', { params: { appointmentId } })).body
  await restrict(practice, { confidentiality: 'restricted' })
  const ids = [claim.claimId, claim.coverageId, appointmentId, telehealthId, message.claimId]
  return { patientId, admin, canary, therapist, ids }
}

/** What the whole table still says of a patient, beside the audit trail, which says ids alone. */
const leftOf = async (...words: string[]) => {
  const stored = await storedItemsLike('')
  const told = await opened(stored)
  return stored.filter((item, at) => {
    const text = JSON.stringify([item, told[at]]).toLowerCase()
    return words.some(word => text.includes(word.toLowerCase()))
  })
}

describe('erasures.run', () => {
  it('erases all of a patient, of every kind, and nothing of anybody else', { timeout: slow }, async () => {
    const practice = await newPractice()
    const { patientId, admin, canary, therapist, ids } = await lived(practice)
    const patient = await practice.as('patient')
    const other = practice.patients[1]!.patientId
    const before = (await leftOf(other)).length
    const erasureId = await granted(practice, patientId)
    expect((await leftOf(canary)).length).toBeGreaterThan(4)
    const kindsOf = async (words: string[]) =>
      new Set((await leftOf(...words)).map(({ pk }) => String(pk).split('#')[0]))
    const held = ['APPOINTMENT', 'CLAIM', 'COVERAGE', 'INTERCHANGE', 'TELEHEALTH']
    expect([...(await kindsOf(ids))]).toEqual(expect.arrayContaining(held))
    // A legal hold would be worth nothing if a record went by itself.
    for (const { pk, ttl } of await leftOf(canary, ...ids)) {
      if (!/^(AUDIT|CELL)#/.test(String(pk))) expect([pk, ttl]).toEqual([pk, undefined])
    }
    const backup = (await leftOf(canary)).filter(({ box }) => box)
    expect(JSON.stringify(backup)).not.toContain(canary)
    await run()
    await run()
    forgetRecordKeys()
    // Whatever copy there is of what was sealed: it opens nowhere.
    expect(backup.length).toBeGreaterThan(4)
    for (const item of await opened(backup)) expect(item).toBeUndefined()
    // A cell of a calendar has no more than the id of a visit that is gone, and goes by itself.
    for (const kind of await kindsOf(ids)) expect(['AUDIT', 'CELL']).toContain(kind)
    expect(await stands(practice, patientId, erasureId)).toMatchObject({
      status: 'erased',
      erasedAt: expect.any(String),
      decision: { decidedBy: admin.user.userId },
    })

    const { email } = practice.users.patient
    expect(await leftOf(canary, email, '5035550188', 'I never have')).toEqual([])
    // What is left has the id of the patient, which leads nowhere; the texts of notes are sealed under keys that are gone.
    for (const kind of await kindsOf([patientId])) {
      expect(['AUDIT', 'ERASURE', 'PSYCHOTHERAPY', 'SUBSTANCEUSE', 'USER']).toContain(kind)
    }
    for (const space of ['PSYCHOTHERAPY', 'SUBSTANCEUSE'])
      expect(
        (await itemsLike(`${space}#${practice.practice.practiceId}#${patientId}`)).filter(({ sk }) => sk === 'KEY'),
      ).toEqual([])

    expect(told(await admin.call('patients.get', { params: { patientId } }))).toBe('404 patient-not-found')
    expect((await notesOf('substanceuse').list(therapist, patientId)).body.items ?? []).toEqual([])
    expect((await patient.call('accounts.me')).status).toBe(401)
    const list = await admin.call('patients.list')
    expect(list.body.items.map((one: { patientId: string }) => one.patientId)).not.toContain(patientId)
    expect(told(await request(admin, patientId))).toBe('404 patient-not-found')
    expect(told(await place(admin, patientId))).toBe('404 patient-not-found')

    expect((await leftOf(other)).length).toBeGreaterThanOrEqual(before)
    expect((await admin.call('patients.get', { params: { patientId: other } })).status).toBe(200)
    const trail = await practice.trail()
    expect(trail.filter(({ name, verb }) => name === 'erasures.run' && verb === 'D').length).toBeGreaterThan(2)
    expect(JSON.stringify(trail)).not.toContain(canary)
  })

  it('takes out again what a restore of the table has brought back, though nobody can open it', {
    timeout: slow,
  }, async () => {
    const practice = await newPractice()
    const { patientId, admin, ids } = await lived(practice)
    const erasureId = await granted(practice, patientId)
    const before = (await leftOf(patientId, ...ids)).filter(
      ({ pk }) => !/^(AUDIT|CELL|LIMIT|SESSION|USER)#/.test(String(pk)),
    )
    await run()
    await run()
    for (const item of before) await plant(item)
    forgetRecordKeys()
    expect(told(await admin.call('patients.get', { params: { patientId } }))).toBe('404 patient-not-found')
    expect((await admin.call('claims.list', { query: { patientId } })).body.items).toEqual([])
    await run()
    await run()
    expect(await stands(practice, patientId, erasureId)).toMatchObject({ status: 'erased' })
    const left = await leftOf(patientId, ...ids)
    for (const kind of new Set(left.map(({ pk }) => String(pk).split('#')[0]))) {
      expect(['AUDIT', 'CELL', 'ERASURE', 'PSYCHOTHERAPY', 'SUBSTANCEUSE', 'USER']).toContain(kind)
    }
    expect(left.filter(({ sk }) => sk === 'KEY')).toEqual([])
  })

  it('leaves an audit trail that verifies', { timeout: slow }, async () => {
    const practice = await newPractice()
    const patientId = practice.patients[0]!.patientId
    await granted(practice, patientId)
    await run()
    await run()
    await work('audit.seal', await inserted((await practice.trail()) as never))
    const body = {
      from: new Date(Date.now() - 3_600_000).toJSON(),
      to: new Date(Date.now() + 60_000).toJSON(),
    }
    const answer = await (await practice.as('auditor')).call('audit.verify', { body })
    expect(answer.body).toMatchObject({ findings: [], more: 0 })
    expect((await practice.trail()).some(({ name }) => name === 'erasures.run')).toBe(true)
  })

  it('goes on where a run that died has stopped', { timeout: slow }, async () => {
    const practice = await newPractice()
    const { patientId, canary } = await lived(practice)
    const erasureId = await granted(practice, patientId)
    let commits = 0
    const dies = (command: string, input: string) =>
      command === 'TransactWriteItemsCommand' && input.includes(patientId) && ++commits >= 2
    await withFault(dies, sdkError('Killed'), () => run().catch(() => {}))
    expect((await stands(practice, patientId, erasureId)).status).toBe('erasing')
    expect((await leftOf(canary)).length).toBeGreaterThan(0)
    await run()
    await run()
    expect((await stands(practice, patientId, erasureId)).status).toBe('erased')
    expect(await leftOf(canary)).toEqual([])
  })

  it('erases nothing while a legal hold stands, and does when it is released', { timeout: slow }, async () => {
    const practice = await newPractice()
    const patientId = practice.patients[0]!.patientId
    const admin = await practice.as('admin')
    const erasureId = await granted(practice, patientId)
    expect((await place(admin, patientId)).status).toBe(201)
    await run()
    expect((await admin.call('patients.get', { params: { patientId } })).status).toBe(200)
    expect((await stands(practice, patientId, erasureId)).status).toBe('granted')
    await release(admin, patientId)
    await run()
    await run()
    expect((await stands(practice, patientId, erasureId)).status).toBe('erased')
  })

  it('loses to a hold that is placed between its look and its deed', { timeout: slow }, async () => {
    const practice = await newPractice()
    const patientId = practice.patients[0]!.patientId
    const admin = await practice.as('admin')
    const erasureId = await granted(practice, patientId)
    let placed: Promise<unknown> | undefined
    // The last that it asks before it begins; the hold stands by the time that it is answered.
    const watches = (command: string, input: string) => {
      if (command === 'GetItemCommand') {
        if (input.includes(`HOLD#`) && input.includes(patientId)) placed ??= place(admin, patientId)
      }
      return false
    }
    await withFault(watches, sdkError('Never'), () => run().catch(() => {}))
    const answer = (await placed) as { status: number }
    const { status } = await stands(practice, patientId, erasureId)
    // Whoever is first stands whole: a hold with the record, or an erasure without a hold.
    const kept = (await admin.call('patients.get', { params: { patientId } })).status === 200
    expect([answer.status, status, kept]).toEqual(
      kept ? [201, 'granted', true] : [404, expect.stringMatching(/^eras/), false],
    )
  })

  it('leaves nothing of what is written while it begins', { timeout: slow }, async () => {
    const practice = await newPractice()
    const patientId = practice.patients[0]!.patientId
    const admin = await practice.as('admin')
    const canary = `Canary${patientId.slice(-8)}`
    const erasureId = await granted(practice, patientId)
    const writing = Array.from({ length: 12 }, () => disclose(admin, patientId, { what: canary }))
    const [, ...answers] = await Promise.all([run().catch(() => {}), ...writing])
    for (const answer of answers) expect([201, 404, 409]).toContain(answer.status)
    // What was recorded in time is of today, and may have to be kept: it is as old as the rest by then.
    await age(practice, patientId)
    for (let count = 0; count < 3; count++) await run()
    const { status, eraseOn } = await stands(practice, patientId, erasureId)
    if (status === 'granted') expect(eraseOn > new Date().toJSON()).toBe(true)
    else expect([status, await leftOf(canary)]).toEqual(['erased', []])
  })

  it('leaves no invitation by which the patient would have an account again', { timeout: slow }, async () => {
    const practice = await newPractice()
    const patientId = practice.patients[1]!.patientId
    const body = { email: `${patientId.slice(-8).toLowerCase()}@nowhere.example` }
    await (await practice.as('front-desk')).call('accounts.invite-patient', { params: { patientId }, body })
    const token = await tokenOf(practice.practice.practiceId, 'invitation')
    await granted(practice, patientId)
    await run()
    expect(told(await ask('accounts.register', { token, password: chosen }))).toBe('409 link-refused')
  })

  it('waits longer when the patient has come again since it was granted', { timeout: slow }, async () => {
    const practice = await newPractice()
    const patientId = practice.patients[0]!.patientId
    const admin = await practice.as('admin')
    const erasureId = await granted(practice, patientId)
    await book(admin, practice, ago(60), 5)
    await run()
    const { status, eraseOn } = await stands(practice, patientId, erasureId)
    expect([status, eraseOn > new Date().toJSON()]).toEqual(['granted', true])
    expect((await admin.call('patients.get', { params: { patientId } })).status).toBe(200)
  })

  it('takes out other requests of the patient, whose answers have words', { timeout: slow }, async () => {
    const practice = await newPractice()
    const patientId = practice.patients[0]!.patientId
    const admin = await practice.as('admin')
    const first = (await request(admin, patientId)).body.erasureId
    expect((await decide(admin, patientId, first, 'refused')).status).toBe(200)
    await age(practice, patientId)
    await granted(practice, patientId)
    await run()
    await run()
    expect(await stands(practice, patientId, first)).toBeUndefined()
  })
})
