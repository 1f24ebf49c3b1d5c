import { beforeAll, describe, expect, it } from 'vitest'
import { itemsLike, newPractice, type TestPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { notesOf, paragraphs, therapy } from '../psychotherapy/fixture.ts'

const { write } = notesOf('substanceuse')

describe('POST /patients/{patientId}/substance-use-notes', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  it('201 keeps the note sealed, under another key than psychotherapy notes', async () => {
    const { therapist, patientId } = await therapy(practice)
    const answer = await write(therapist, patientId)
    expect([answer.status, answer.body.noteId]).toEqual([201, expect.stringMatching(/^sun_/)])
    await notesOf('psychotherapy').write(therapist, patientId)
    const items = await itemsLike('SUBSTANCEUSE#')
    for (const word of paragraphs) expect(JSON.stringify(items)).not.toContain(word)
    const keys = [...items, ...(await itemsLike('PSYCHOTHERAPY#'))].filter(({ sk }) => sk === 'KEY')
    expect(new Set(keys.map(({ wrapped }) => wrapped)).size).toBe(2)
    expect(await practice.recordsOf(answer)).toMatchObject([
      { verb: 'C', outcome: 'success', patientId, entity: { type: 'SubstanceUseNote', id: answer.body.noteId } },
    ])
  })

  it('404 for a patient of another practice, and to whoever may not write', async () => {
    const { therapist, patientId } = await therapy(practice)
    const other = await newPractice()
    expect(told(await write(therapist, other.patients[0]?.patientId ?? ''))).toBe('404 patient-not-found')
    for (const role of ['patient', 'biller', 'front-desk', 'admin', 'auditor'] as const) {
      expect(told(await write(await practice.as(role), patientId))).toBe('404 forbidden')
    }
  })

  it('400 without a paragraph, and says where', async () => {
    const { therapist, patientId } = await therapy(practice)
    const { status, body } = await write(therapist, patientId, { paragraphs: [] })
    expect([status, body.errors[0].path]).toEqual([400, 'body.paragraphs'])
  })
})
