import { beforeAll, describe, expect, it } from 'vitest'
import { itemsLike, newPractice, plant, type TestPractice, unplant } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { breakGlass, restrict } from '../breakglass/fixture.ts'
import { colleague, notesOf, paragraphs, therapy } from './fixture.ts'

const { write, read } = notesOf('psychotherapy')

describe('GET /patients/{patientId}/psychotherapy-notes/{noteId}', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })
  const written = async (patient = 0) => {
    const { therapist, patientId } = await therapy(practice, patient)
    return { therapist, patientId, noteId: (await write(therapist, patientId)).body.noteId as string }
  }

  it('200 to its author, word for word', async () => {
    const { therapist, patientId, noteId } = await written()
    const answer = await read(therapist, patientId, noteId)
    expect(answer.body).toMatchObject({ noteId, patientId, paragraphs })
    expect(await practice.recordsOf(answer)).toMatchObject([
      { verb: 'R', patientId, entity: { type: 'PsychotherapyNote', id: noteId } },
    ])
  })

  it('404 to everybody else, as for a note that is not there', async () => {
    const { therapist, patientId, noteId } = await written()
    const missing = await read(therapist, patientId, 'psn_00000000000000000000')
    const other = await newPractice()
    for (const client of [await colleague(practice), await other.as('practitioner')]) {
      const answer = await read(client, patientId, noteId)
      expect([told(answer), answer.body.title]).toEqual(['404 note-not-found', missing.body.title])
    }
    for (const role of ['patient', 'admin', 'auditor', 'biller', 'front-desk'] as const) {
      expect(told(await read(await practice.as(role), patientId, noteId))).toBe('404 forbidden')
    }
  })

  it('404 to a colleague who breaks the glass: an emergency opens the record, and these are not in it', async () => {
    const { patientId, noteId } = await written()
    const other = await colleague(practice)
    expect((await breakGlass(other, patientId)).status).toBe(201)
    expect(told(await read(other, patientId, noteId))).toBe('404 note-not-found')
  })

  it('404 to its author once the patient is restricted to others, and under another patient', async () => {
    const { therapist, patientId, noteId } = await written(1)
    expect((await read(therapist, patientId, noteId)).status).toBe(200)
    expect(told(await read(therapist, practice.patients[2]?.patientId ?? '', noteId))).toBe('404 note-not-found')
    await restrict(practice, { patient: 1 })
    expect(told(await read(therapist, patientId, noteId))).toBe('404 note-not-found')
  })

  it('404 for ever once the patient’s key is destroyed, whatever else is still there', async () => {
    const { therapist, patientId, noteId } = await written(2)
    const space = `PSYCHOTHERAPY#${practice.practice.practiceId}#${patientId}`
    await unplant({ pk: space, sk: 'KEY' })
    expect(told(await read(therapist, patientId, noteId))).toBe('404 note-not-found')
    expect(await itemsLike(space)).toHaveLength(1)
    // A key that is made afterwards is another one.
    expect((await write(therapist, patientId)).status).toBe(201)
    expect((await read(therapist, patientId, noteId)).status).toBe(500)
  })

  it('500, and shows nothing, of a text that was moved from another note or changed', async () => {
    const [one, two] = [await written(), await written()]
    const items = await itemsLike(`PSYCHOTHERAPY#${practice.practice.practiceId}#${one.patientId}`)
    const at = (id: string) => items.find(({ sk }) => sk === `NOTE#${id}`) as Record<string, unknown>
    const sealed = String(at(two.noteId).sealed)
    for (const moved of [sealed, `${sealed.slice(0, -8)}AAAAAAA=`]) {
      await plant({ ...at(one.noteId), sealed: moved })
      const answer = await read(one.therapist, one.patientId, one.noteId)
      expect([answer.status, JSON.stringify(answer.body).includes('calmer')]).toEqual([500, false])
    }
  })
})
