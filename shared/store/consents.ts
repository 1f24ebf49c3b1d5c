import { published } from '../domain/consents/standing.ts'
import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import { Consent, ConsentPolicy, type ConsentPurpose, ConsentText } from '../schema/consents.ts'
import type { PatientId, PracticeId } from '../schema/ids.ts'
import { entity } from './entity.ts'
import { practiceOf } from './practice.ts'
import { getItem, queryAll } from './read.ts'
import { tableName } from './table.ts'
import { visible, visibleRun } from './visible.ts'

const consentKey = (practiceId: PracticeId, patientId: PatientId, purpose: ConsentPurpose) => ({
  pk: `CONSENT#${practiceId}#${patientId}`,
  sk: `CURRENT#${purpose}`,
})

const consentEntity = entity<Consent>({
  name: 'Consent',
  schema: Consent,
  id: ({ consentId }) => consentId,
  patientId: ({ patientId }) => patientId,
  keys: ({ practiceId, patientId, purpose }) => consentKey(practiceId, patientId, purpose),
})

const numbered = (version: number) => String(version).padStart(6, '0')

/** A consent as it was from one change to the next. */
const pastEntity = entity<Consent>({
  name: 'Consent',
  schema: Consent,
  id: ({ consentId }) => consentId,
  keys: ({ practiceId, patientId, purpose, version }) => ({
    pk: `CONSENT#${practiceId}#${patientId}`,
    sk: `HISTORY#${purpose}#${numbered(version)}`,
  }),
  audited: false,
})

const policyEntity = entity<ConsentPolicy>({
  name: 'ConsentPolicy',
  schema: ConsentPolicy,
  id: ({ practiceId }) => practiceId,
  keys: ({ practiceId }) => ({ pk: textsOf(practiceId), sk: 'CURRENT' }),
})

const textsOf = (practiceId: PracticeId) => `CONSENTTEXT#${practiceId}`

/** Consents of a practice's patients, and the texts that they are to. */
export const consents = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  const { now } = binding
  /** What is said now takes the place of what was said before, and is kept beside it until the patient is erased. */
  const say = (before: Consent | undefined, said: Omit<Consent, 'version'>) => {
    const consent: Consent = { ...said, version: (before?.version ?? 0) + 1 }
    // A purpose's own version counts on, so a replaced item must not keep what the new one does not say.
    const all = { part2: undefined, withdrawnAt: undefined, withdrawnBy: undefined, ...said }
    const current = before ? consentEntity.replace(before, all) : consentEntity.create(consent)
    return { consent, writes: [current, pastEntity.create(consent)] }
  }
  return {
    grant: (
      before: Consent | undefined,
      granted: Omit<Consent, 'practiceId' | 'status' | 'grantedAt' | 'withdrawnAt' | 'withdrawnBy' | 'version'>,
    ) => say(before, { ...granted, practiceId, status: 'active', grantedAt: now }),

    withdraw(given: Consent, withdrawnBy: string) {
      const { version: _, ...said } = given
      return say(given, { ...said, status: 'inactive', withdrawnAt: now, withdrawnBy })
    },

    find: (patientId: PatientId, purpose: ConsentPurpose): Promise<Consent | undefined> =>
      visible(
        binding,
        'operations',
        getItem(consentKey(practiceId, patientId, purpose), binding).then(item => item && consentEntity.parse(item)),
      ),

    /** Demands, at the moment of the transaction, a consent that stands: one that was withdrawn a moment ago does not. */
    mustStand: (patientId: PatientId, purpose: ConsentPurpose, oldest: number): Write<'consent-needed'> => ({
      kind: 'check',
      request: {
        TableName: tableName(),
        Key: consentKey(practiceId, patientId, purpose),
        ConditionExpression:
          '#status = :active AND textVersion >= :oldest AND (attribute_not_exists(part2.expiresAt) OR part2.expiresAt > :now)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':active': 'active', ':oldest': oldest, ':now': now },
      },
      onConflict: 'consent-needed',
    }),

    /** What a patient has said last of each purpose, or all that they have ever said. */
    ofPatient: (patientId: PatientId, which: 'current' | 'history', limit: number, cursor?: string) => {
      const prefix = which === 'current' ? 'CURRENT#' : 'HISTORY#'
      const run = { pk: `CONSENT#${practiceId}#${patientId}`, prefix, limit, cursor }
      return visibleRun(binding, run, { work: 'operations', parse: consentEntity.parse, patientId })
    },

    async policy(): Promise<ConsentPolicy | undefined> {
      const item = await getItem({ pk: textsOf(practiceId), sk: 'CURRENT' }, binding)
      return item && policyEntity.parse(item)
    },

    /** Every text that the practice has published itself: a few, over the years. */
    async texts(): Promise<ConsentText[]> {
      const items = await queryAll({ pk: textsOf(practiceId), prefix: 'TEXT#' }, binding)
      return items.map(({ pk: _, sk: __, ...item }) => ConsentText.parse(item))
    },

    /** Another version of a text. Of two that are published at once the second is told to look again. */
    publish(before: ConsentPolicy | undefined, text: Omit<ConsentText, 'version' | 'publishedAt'>) {
      const standing = published(before, text)
      const next: ConsentText = { ...text, version: standing.current, publishedAt: now }
      const purposes = { ...before?.purposes, [text.purpose]: standing }
      const policy = before
        ? policyEntity.replace(before, { purposes, updatedAt: now })
        : policyEntity.create({ practiceId, purposes, updatedAt: now, version: 1 })
      const put: Write<'conflict'> = {
        kind: 'put',
        request: {
          TableName: tableName(),
          Item: { pk: textsOf(practiceId), sk: `TEXT#${text.purpose}#${numbered(standing.current)}`, ...next },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
        onConflict: 'conflict',
      }
      return { text: next, writes: [policy, put] }
    },
  }
}
