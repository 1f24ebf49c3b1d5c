import { beforeAll, describe, expect, it } from 'vitest'
import { at, plus } from '../../harness/clock.ts'
import { newPractice, type TestPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { breakGlass } from '../breakglass/fixture.ts'
import { grant, part2, publish, withdraw } from '../consents/fixture.ts'
import { colleague, notesOf, paragraphs, therapy } from '../psychotherapy/fixture.ts'

const { write, read } = notesOf('substanceuse')
const hidden = '404 note-not-found'

describe('GET /patients/{patientId}/substance-use-notes/{noteId}', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })
  /** A note about the patient who signs in. */
  const written = async (own = practice) => {
    const { therapist } = await therapy(own)
    const patient = await own.as('patient')
    const patientId = patient.user.patientId ?? ''
    const noteId: string = (await write(therapist, patientId)).body.noteId
    return { therapist, patient, patientId, noteId, other: await colleague(own) }
  }

  it('200 to its author, and to the patient', async () => {
    const { therapist, patient, patientId, noteId } = await written()
    for (const client of [therapist, patient]) {
      const answer = await read(client, patientId, noteId)
      expect(answer.body).toMatchObject({ noteId, patientId, paragraphs })
      expect(await practice.recordsOf(answer)).toMatchObject([{ verb: 'R', patientId }])
    }
  })

  it('200 to a colleague while the patient consents, and 404 from the next request after', async () => {
    const { patient, patientId, noteId, other } = await written(await newPractice())
    expect(told(await read(other, patientId, noteId))).toBe(hidden)
    expect((await grant(patient, patientId, 'part2-disclosure', { part2 })).status).toBe(201)
    expect((await read(other, patientId, noteId)).body.paragraphs).toEqual(paragraphs)
    expect((await withdraw(patient, patientId, 'part2-disclosure')).status).toBe(200)
    expect(told(await read(other, patientId, noteId))).toBe(hidden)
  })

  it('404 to a colleague from the moment at which a consent ends, and once its text counts no more', async () => {
    const own = await newPractice()
    const { patient, patientId, noteId, other } = await written(own)
    const expiresAt = plus(new Date().toJSON(), 600_000)
    await grant(patient, patientId, 'part2-disclosure', { part2: { ...part2, expiresAt } })
    expect((await at(plus(expiresAt, -1), () => read(other, patientId, noteId))).status).toBe(200)
    expect(told(await at(expiresAt, () => read(other, patientId, noteId)))).toBe(hidden)
    expect((await read(other, patientId, noteId)).status).toBe(200)
    await publish(await own.as('admin'), 'part2-disclosure', true)
    expect(told(await read(other, patientId, noteId))).toBe(hidden)
  })

  it('200 to a colleague in an emergency (42 CFR 2.51), and its record says so', async () => {
    const { patientId, noteId, other } = await written(await newPractice())
    const broken = await breakGlass(other, patientId)
    expect(broken.status).toBe(201)
    const answer = await read(other, patientId, noteId)
    expect(answer.status).toBe(200)
  })

  it('404 to another patient, another practice, and roles that treat nobody', async () => {
    const { patientId, noteId } = await written()
    const other = await newPractice()
    expect(told(await read(await other.as('patient'), patientId, noteId))).toBe(hidden)
    expect(told(await read(await other.as('practitioner'), patientId, noteId))).toBe(hidden)
    expect(told(await read(await practice.as('patient'), practice.patients[1]?.patientId ?? '', noteId))).toBe(hidden)
    for (const role of ['biller', 'front-desk', 'admin', 'auditor'] as const) {
      expect(told(await read(await practice.as(role), patientId, noteId))).toBe('404 forbidden')
    }
  })
})
