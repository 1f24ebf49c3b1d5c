import { beforeAll, describe, expect, it } from 'vitest'
import { newPractice, type TestPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { colleague, notesOf, therapy } from './fixture.ts'

const { write, list } = notesOf('psychotherapy')

describe('GET /patients/{patientId}/psychotherapy-notes', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  it('200 lists the headings of the caller’s own notes, newest first, page by page', async () => {
    const { therapist, patientId } = await therapy(practice)
    const ids: string[] = []
    for (let count = 0; count < 3; count++) ids.unshift((await write(therapist, patientId)).body.noteId)
    const first = await list(therapist, patientId, { limit: '2' })
    const second = await list(therapist, patientId, { limit: '2', cursor: first.body.next })
    const items = [...first.body.items, ...second.body.items]
    expect(items.map(({ noteId }: { noteId: string }) => noteId)).toEqual(ids)
    expect(Object.keys(items[0]).sort()).toEqual([
      'authorId',
      'noteId',
      'patientId',
      'practiceId',
      'version',
      'writtenAt',
    ])
  })

  it('200 is to a colleague exactly what it is where there are none', async () => {
    const { therapist, patientId } = await therapy(practice, 1)
    await write(therapist, patientId)
    const other = await colleague(practice)
    const [some, none] = [await list(other, patientId), await list(other, practice.patients[2]?.patientId ?? '')]
    expect([some.status, some.body]).toEqual([none.status, none.body])
    expect(some.body).toEqual({ items: [] })
  })

  it('404 to a patient, an administrator and an auditor', async () => {
    const { patientId } = await therapy(practice)
    for (const role of ['patient', 'admin', 'auditor'] as const) {
      expect(told(await list(await practice.as(role), patientId))).toBe('404 forbidden')
    }
  })
})
