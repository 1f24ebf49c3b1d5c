import type { Dated } from '../domain/retention.ts'
import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import type { PatientId, PracticeId } from '../schema/ids.ts'
import type { Patient } from '../schema/patients.ts'
import { credentials } from './credentials.ts'
import { patientEntity } from './patients.ts'
import { practiceOf } from './practice.ts'
import { queryAll, type Run } from './read.ts'
import { restrictions } from './restrictions.ts'
import { destroyKey } from './sealing.ts'
import { tableName } from './table.ts'
import { users } from './users.ts'

type Item = Record<string, unknown>

/** What the table holds of a patient. */
export interface Holdings {
  /** Absent once their erasure has begun. */
  patient: Patient | undefined
  /** Everything but the patient's own item. */
  items: Item[]
  /** By class, what counts for how long it must be kept. */
  dates: Dated[]
}

/** An item whose deletion is bookkeeping: what it was is told by the record of the run. */
const drop = ({ pk, sk }: Item): Write<'conflict'> => ({
  kind: 'delete',
  request: { TableName: tableName(), Key: { pk, sk } },
  onConflict: 'conflict',
})

/**
 * All that is held of a patient, for whoever must know how long it is kept and for whoever destroys it. The notes that have a key
 * of their own are neither read nor looked for: their keys are destroyed, and nobody opens them again.
 */
export const holdings = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  /** What nobody can open any more has still to be removed. */
  const all = (run: Pick<Run, 'index' | 'pk'>) => queryAll({ ...run, evenClosed: true }, binding)
  return {
    async of(patientId: PatientId): Promise<Holdings> {
      const own = (entity: string) => all({ pk: `${entity}#${practiceId}#${patientId}` })
      const listed = (entity: string) => all({ index: 'gsi3', pk: `${entity}#${practiceId}#PATIENT#${patientId}` })
      // They lie by who made them and are few: a practice's emergencies, of which the patient's are taken out.
      const accesses = async (status: string) =>
        (await all({ index: 'gsi1', pk: `BREAKGLASS#${practiceId}#${status}` })).filter(
          item => item.patientId === patientId,
        )
      const [
        record,
        visits,
        claims,
        coverages,
        consents,
        disclosures,
        amendments,
        copies,
        holds,
        asked,
        waiting,
        reviewed,
      ] = await Promise.all([
        own('PATIENT'),
        listed('APPOINTMENT'),
        listed('CLAIM'),
        listed('COVERAGE'),
        own('CONSENT'),
        own('DISCLOSURE'),
        own('AMENDMENT'),
        own('RECORDEXPORT'),
        own('HOLD'),
        own('ERASURE'),
        accesses('awaiting-review'),
        accesses('reviewed'),
      ])
      // One that came back from a copy after its key was destroyed is no patient, but a thing to remove.
      const patientItem = record.find(({ sk, box }) => sk === 'PATIENT' && !box)
      const patient = patientItem && patientEntity.parse(patientItem)
      const versions = record.filter(item => item !== patientItem)
      // Who never came counts from when they were registered.
      const came = visits
        .filter(({ status }) => status === 'booked' || status === 'fulfilled')
        .map(({ endsAt }) => endsAt)
      const lastVisit = came.concat(patient?.createdAt ?? []).map(String)
      const dated = (name: Dated['class'], moments: readonly unknown[]): Dated[] =>
        moments.map(moment => ({ class: name, on: String(moment).slice(0, 10) }))
      return {
        patient,
        items: [
          ...[visits, claims, coverages, versions, consents, disclosures, amendments, copies].flat(),
          ...holds.filter(({ sk }) => sk !== 'STANDING'),
          // What is being carried out stays, without words: it says that the patient was erased, and when.
          ...asked.filter(({ status }) => status === 'requested' || status === 'refused'),
          ...waiting,
          ...reviewed,
        ],
        dates: [
          ...dated('medical-record', lastVisit),
          ...dated('psychotherapy-notes', lastVisit),
          ...dated('substance-use-notes', lastVisit),
          ...dated(
            'claims',
            claims.map(({ updatedAt }) => updatedAt),
          ),
          ...dated(
            'consents',
            consents.map(({ withdrawnAt, grantedAt }) => withdrawnAt ?? grantedAt),
          ),
          ...dated(
            'disclosures',
            disclosures.map(({ disclosedAt }) => disclosedAt),
          ),
          ...dated(
            'amendments',
            amendments.map(({ decision, requestedAt }) => (decision as Item)?.decidedAt ?? requestedAt),
          ),
          ...dated(
            'emergency-accesses',
            [...waiting, ...reviewed].map(({ startedAt }) => startedAt),
          ),
        ],
      }
    },

    /** What hangs on such items and is found by nothing else: it goes before them. */
    async below(items: readonly Item[]): Promise<Item[]> {
      const found: Item[] = []
      for (const { telehealthId, claimId, pk } of items) {
        const isVisit = String(pk).startsWith('APPOINTMENT#')
        if (isVisit && telehealthId) {
          found.push(...(await all({ pk: `TELEHEALTH#${practiceId}#${telehealthId}` })))
        }
        if (String(pk).startsWith('CLAIM#')) {
          const sent = { index: 'gsi3' as const, pk: `INTERCHANGE#${practiceId}#CLAIM#${claimId}` }
          const [waiting, interchanges] = await Promise.all([all({ pk: `OUTBOX#${practiceId}#${claimId}` }), all(sent)])
          found.push(...waiting, ...interchanges)
        }
      }
      return found
    },

    remove: (items: readonly Item[]): Write<'conflict'>[] => items.map(drop),

    /**
     * Takes the patient themselves out, where a copy has not brought back what nobody can open, on the version that was read: from then on they are not found, nothing new is written of them,
     * and no hold can be placed any more. The key of their records and those of their notes go in the same transaction.
     */
    async forget(patientId: PatientId, patient: Patient | undefined): Promise<Write<'conflict'>[]> {
      const restricted = await restrictions(binding).mine()
      return [
        ...(patient ? [patientEntity.remove(patient)] : []),
        destroyKey({ practiceId, patientId }),
        ...(['PSYCHOTHERAPY', 'SUBSTANCEUSE'] as const).map(space => drop(keyOfNotes(space, practiceId, patientId))),
        ...(restricted && patientId in restricted.patients
          ? [restrictions(binding).list(restricted, patientId, { confidentiality: 'normal' })]
          : []),
      ]
    },

    /** Closes the accounts of the patient: no session outlives its user. One transaction for each. */
    async accounts(patientId: PatientId): Promise<Write<'conflict'>[][]> {
      const store = users(binding)
      return Promise.all(
        (await store.ofPatient(patientId)).map(async user => {
          const [keys, sessions] = await Promise.all([
            credentials(binding).keysOf(user.userId),
            queryAll({ pk: `SESSION#${practiceId}#${user.userId}` }, binding),
          ])
          return [
            store.remove(user),
            store.freeLogin(user),
            ...credentials(binding).remove(keys),
            ...sessions.slice(0, 15).map(drop),
          ]
        }),
      )
    },
  }
}

const keyOfNotes = (space: 'PSYCHOTHERAPY' | 'SUBSTANCEUSE', practiceId: PracticeId, patientId: PatientId) => ({
  pk: `${space}#${practiceId}#${patientId}`,
  sk: 'KEY',
})

/** For a worker that serves all practices. */
export const holdingsOfAnyPractice = (binding: Binding) => (practiceId: PracticeId) =>
  holdings({ ...binding, practiceId })
