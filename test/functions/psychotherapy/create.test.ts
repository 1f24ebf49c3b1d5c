import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, itemsLike, newPractice, type TestPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { restrict } from '../breakglass/fixture.ts'
import { notesOf, paragraphs, therapy } from './fixture.ts'

const { write, read } = notesOf('psychotherapy')

describe('POST /patients/{patientId}/psychotherapy-notes', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  it('201 keeps the note sealed: the table holds no word of it', async () => {
    const { therapist, patientId } = await therapy(practice)
    const answer = await write(therapist, patientId)
    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      noteId: expect.stringMatching(/^psn_/),
      practiceId: practice.practice.practiceId,
      patientId,
      authorId: therapist.user.practitionerId,
      writtenAt: expect.any(String),
      version: 1,
    })
    const items = JSON.stringify(await itemsLike('PSYCHOTHERAPY#'))
    expect(items).toContain(answer.body.noteId)
    for (const word of paragraphs) expect(items).not.toContain(word)
    expect(await practice.recordsOf(answer)).toMatchObject([
      { verb: 'C', outcome: 'success', patientId, entity: { type: 'PsychotherapyNote', id: answer.body.noteId } },
    ])
  })

  it('201 is in the trail of an auditor, and in nothing that the patient is shown', async () => {
    const { therapist, patientId } = await therapy(practice)
    const { body } = await write(therapist, patientId)
    await read(therapist, patientId, body.noteId)
    const trail = async (reader: Client, name: 'audit.list' | 'audit.who-viewed') => {
      const asked = name === 'audit.list' ? { query: { patientId, limit: '100' } } : { params: { patientId } }
      const answer = await reader.call(name, asked)
      expect(answer.status).toBe(200)
      return JSON.stringify(answer.body)
    }
    const [patient, auditor] = [await practice.as('patient'), await practice.as('auditor')]
    expect(patient.user.patientId).toBe(patientId)
    expect(await trail(auditor, 'audit.list')).toContain(body.noteId)
    for (const name of ['audit.list', 'audit.who-viewed'] as const) {
      expect(await trail(patient, name)).not.toMatch(/psychotherapy|psn_/i)
    }
  })

  it('201 of twenty at once, of which each that was taken opens again', async () => {
    const { therapist, patientId } = await therapy(practice, 1)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => write(therapist, patientId, { paragraphs: [`Note ${index}`] })),
    )
    // The first makes the patient's key; who made another at the same moment is told to try again.
    const [kept, others] = [answers.filter(({ status }) => status === 201), answers.filter(a => a.status !== 201)]
    expect(kept.length).toBeGreaterThan(0)
    for (const other of others) expect(told(other)).toBe('409 conflict')
    for (const { body } of kept) expect((await read(therapist, patientId, body.noteId)).status).toBe(200)
  })

  it('404 for a patient of another practice, one who does not exist, and one who is restricted to others', async () => {
    const { therapist } = await therapy(practice)
    const other = await newPractice()
    const { patientId: hidden } = await restrict(practice, { patient: 2 })
    for (const patientId of [other.patients[0]?.patientId ?? '', 'pat_00000000000000000000', hidden]) {
      expect(told(await write(therapist, patientId))).toBe('404 patient-not-found')
    }
    expect(await itemsLike(`PSYCHOTHERAPY#${practice.practice.practiceId}#${hidden}`)).toEqual([])
  })

  it('404 for a supervisor who is no practitioner: a note has an author', async () => {
    const { patientId } = await therapy(practice)
    expect(told(await write(await practice.as('supervisor'), patientId))).toBe('404 practitioner-not-found')
  })

  it.each([
    ['nothing', {}, 'body.paragraphs'],
    ['no paragraph', { paragraphs: [] }, 'body.paragraphs'],
    ['an empty one', { paragraphs: [' '] }, 'body.paragraphs.0'],
    ['one with a control character', { paragraphs: ['a\u0007b'] }, 'body.paragraphs.0'],
    ['one that is too long', { paragraphs: ['x'.repeat(4_001)] }, 'body.paragraphs.0'],
    ['an author', { paragraphs, authorId: 'prn_00000000000000000000' }, 'body.authorId'],
  ])('400 for %s, and says where', async (_, body, path) => {
    const { therapist, patientId } = await therapy(practice)
    const answer = await write(therapist, patientId, body)
    expect([answer.status, answer.body.errors[0].path]).toEqual([400, path])
    expect(JSON.stringify(answer.body)).not.toContain('xxx')
  })
})
