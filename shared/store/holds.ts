import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import type { LegalHoldId, PatientId, PracticeId, UserId } from '../schema/ids.ts'
import { LegalHold } from '../schema/retention.ts'
import { entity } from './entity.ts'
import { practiceOf } from './practice.ts'
import { getItem, queryAll } from './read.ts'
import { tableName } from './table.ts'

/** One at most stands, under a key that is always the same, so that a transaction can demand that none does. */
const holdEntity = entity<LegalHold>({
  name: 'LegalHold',
  schema: LegalHold,
  id: ({ legalHoldId }) => legalHoldId,
  patientId: ({ patientId }) => patientId,
  keys: ({ practiceId, patientId, legalHoldId, released }) =>
    released
      ? { pk: partitionOf(practiceId, patientId), sk: `RELEASED#${legalHoldId}` }
      : standingKey(practiceId, patientId),
})

const partitionOf = (practiceId: PracticeId, patientId: PatientId) => `HOLD#${practiceId}#${patientId}`
const standingKey = (practiceId: PracticeId, patientId: PatientId) => ({
  pk: partitionOf(practiceId, patientId),
  sk: 'STANDING',
})

/** Legal holds on patients' records. */
export const holds = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  const { now } = binding
  return {
    place(legalHoldId: LegalHoldId, patientId: PatientId, reason: string, placedBy: UserId) {
      const placed: LegalHold = { legalHoldId, practiceId, patientId, reason, placedBy, placedAt: now, version: 1 }
      return { placed, write: holdEntity.create(placed, 'legal-hold-stands') }
    },

    /** Ends a hold, and keeps it beside those that come later. */
    release(standing: LegalHold, reason: string, releasedBy: UserId) {
      const { version, ...placed } = standing
      const released = { ...placed, released: { reason, releasedBy, releasedAt: now }, version: version + 1 }
      return { released, writes: [holdEntity.create(released), holdEntity.remove(standing)] }
    },

    async standing(patientId: PatientId): Promise<LegalHold | undefined> {
      const item = await getItem(standingKey(practiceId, patientId), binding)
      return item && holdEntity.parse(item)
    },

    /** All that there were: those released, oldest first, then the one that stands. */
    async ofPatient(patientId: PatientId): Promise<LegalHold[]> {
      return (await queryAll({ pk: partitionOf(practiceId, patientId) }, binding)).map(holdEntity.parse)
    },

    /** Demands at the moment of the transaction that no hold stands: one that is placed meanwhile wins. */
    mustNotStand: (patientId: PatientId): Write<'legal-hold-stands'> => ({
      kind: 'check',
      request: {
        TableName: tableName(),
        Key: standingKey(practiceId, patientId),
        ConditionExpression: 'attribute_not_exists(pk)',
      },
      onConflict: 'legal-hold-stands',
    }),
  }
}

/** For a worker that serves all practices. */
export const holdsOfAnyPractice = (binding: Binding) => (practiceId: PracticeId) => holds({ ...binding, practiceId })
