import * as z from 'zod'
import { seesAll } from '../../shared/domain/substanceUse.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { consentReading } from '../../shared/ports/consents.ts'
import { substanceUseList } from '../../shared/ports/substanceUse.ts'
import { PatientId, type PractitionerId } from '../../shared/schema/ids.ts'
import { SubstanceUseHeading } from '../../shared/schema/notes.ts'
import { page, paging } from '../../shared/schema/paging.ts'

/** Lists a patient's substance-use notes, newest first and unopened: all where the patient consents, else the caller's own; none once the key is destroyed. */
export default defineAction({
  summary: 'List substance-use notes',
  route: 'GET /patients/{patientId}/substance-use-notes',
  allow: 'substance-use:read',
  params: z.strictObject({ patientId: PatientId }),
  query: z.strictObject(paging),
  reply: { status: 200, schema: page(SubstanceUseHeading) },
  problems: ['patient-not-found'],
  audit: { action: 'R', entity: 'SubstanceUseNote/list' },
  limit: 'read',
  timeout: 5,
  uses: { consentReading, substanceUseList },

  async handle({ params: { patientId }, query, actor, consentReading, substanceUseList, now, about, fail }) {
    about({ patientId })
    if (actor.role === 'patient' && actor.patientId !== patientId) return fail('patient-not-found')
    const { practitionerId: own } = actor
    const listOf = (author?: PractitionerId) => substanceUseList.ofPatient(patientId, author, query.limit, query.cursor)
    // Both lists are read beside the consent that chooses between them, and not after it: a cursor fits one of them alone.
    const [consent, policy, key, [everybodys, owns]] = await Promise.all([
      consentReading.find(patientId, 'part2-disclosure'),
      consentReading.policy(),
      substanceUseList.keyOf(patientId),
      Promise.allSettled([listOf(), own ? listOf(own) : { items: [] }]),
    ])
    const chosen = seesAll(actor, patientId, { consent, policy, now }) ? everybodys : owns
    if (chosen.status === 'rejected') throw chosen.reason
    if (!key) return { items: [] }
    const { items, ...rest } = chosen.value
    return { ...rest, items: items.map(({ sealed: _, ...heading }) => heading) }
  },
})
