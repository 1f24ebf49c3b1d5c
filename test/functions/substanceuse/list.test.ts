import { describe, expect, it } from 'vitest'
import { type Client, newPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { breakGlass } from '../breakglass/fixture.ts'
import { grant, part2 } from '../consents/fixture.ts'
import { colleague, notesOf } from '../psychotherapy/fixture.ts'

const { write, list } = notesOf('substanceuse')

describe('GET /patients/{patientId}/substance-use-notes', () => {
  it('200 lists to each what is theirs to see, and to nobody that there is more', async () => {
    const practice = await newPractice()
    const [therapist, other] = [await practice.as('practitioner'), await colleague(practice)]
    const patient = await practice.as('patient')
    const patientId = patient.user.patientId ?? ''
    const [theirs, ours]: string[] = [
      (await write(therapist, patientId)).body.noteId,
      (await write(other, patientId)).body.noteId,
    ]
    const seen = async (client: Client) =>
      (await list(client, patientId)).body.items.map(({ noteId }: { noteId: string }) => noteId)
    expect(await seen(patient)).toEqual([ours, theirs])
    expect(await seen(therapist)).toEqual([theirs])
    expect(await seen(other)).toEqual([ours])
    // A colleague who wrote none is told what they would be told if there were none.
    const supervisor = await practice.as('supervisor')
    expect((await list(supervisor, patientId)).body).toEqual({ items: [] })

    await grant(patient, patientId, 'part2-disclosure', { part2 })
    expect(await seen(other)).toEqual([ours, theirs])
    expect(await seen(supervisor)).toEqual([ours, theirs])
    const page = await list(other, patientId, { limit: '1' })
    const rest = await list(other, patientId, { limit: '1', cursor: page.body.next })
    expect([page, rest].map(({ body }) => body.items[0].noteId)).toEqual([ours, theirs])
    expect(JSON.stringify(page.body)).not.toContain('sealed')
  })

  it('200 of all in an emergency', async () => {
    const practice = await newPractice()
    const [therapist, other] = [await practice.as('practitioner'), await colleague(practice)]
    const { patientId = '' } = practice.patients[0] ?? {}
    await write(therapist, patientId)
    expect((await list(other, patientId)).body.items).toEqual([])
    await breakGlass(other, patientId)
    expect((await list(other, patientId)).body.items).toHaveLength(1)
  })

  it('404 to another patient', async () => {
    const practice = await newPractice()
    const { patientId = '' } = practice.patients[1] ?? {}
    expect(told(await list(await practice.as('patient'), patientId))).toBe('404 patient-not-found')
  })
})
