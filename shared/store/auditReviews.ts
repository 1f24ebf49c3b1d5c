import { createHash } from 'node:crypto'
import type { Binding } from '../kernel/port.ts'
import { idOfHash } from '../kernel/random.ts'
import type { Write } from '../kernel/write.ts'
import {
  type AuditAnomaly,
  AuditReview,
  type Closing,
  ReviewFinding,
  ReviewThresholds,
} from '../schema/auditReviews.ts'
import type { FindingId, PracticeId, UserId } from '../schema/ids.ts'
import type { LocalDate } from '../schema/time.ts'
import { entity } from './entity.ts'
import { practiceOf } from './practice.ts'
import { getItem, type Page, queryItems } from './read.ts'
import { tableName } from './table.ts'

/** Findings of a day that are kept: with their review they are one transaction, which takes a hundred items. */
export const mostFindings = 90

const reviewKey = (practiceId: PracticeId, day: LocalDate) => ({ pk: `AUDITREVIEW#${practiceId}`, sk: day })
const thresholdsKey = (practiceId: PracticeId) => ({ pk: `AUDITREVIEW#${practiceId}`, sk: 'THRESHOLDS' })
const findingKey = (practiceId: PracticeId, day: LocalDate, findingId: string) => ({
  pk: `AUDITREVIEW#${practiceId}#${day}`,
  sk: findingId,
})

const reviewEntity = entity<AuditReview>({
  name: 'AuditReview',
  schema: AuditReview,
  id: ({ day }) => day,
  keys: ({ practiceId, day }) => reviewKey(practiceId, day),
})

export const findingEntity = entity<ReviewFinding>({
  name: 'ReviewFinding',
  schema: ReviewFinding,
  id: ({ findingId }) => findingId,
  patientId: ({ patientId }) => patientId,
  keys: ({ practiceId, day, findingId, status }) => ({
    ...findingKey(practiceId, day, findingId),
    ...(status === 'open' && { gsi1pk: `AUDITREVIEW#${practiceId}#OPEN`, gsi1sk: `${day}#${findingId}` }),
  }),
})

interface List {
  limit: number
  cursor?: string | undefined
}

/** Reviews of the trail, day by day, and what they found. */
export const auditReviews = (binding: Binding) => {
  const { now } = binding
  const mine = () => practiceOf(binding)
  const findings = ({ items, next }: Page<Record<string, unknown>>): Page<ReviewFinding> => ({
    items: items.map(findingEntity.parse),
    ...(next && { next }),
  })

  return {
    /** The last day of a practice that was reviewed: days are reviewed in their order, so all before it were. */
    async lastDay(practiceId: PracticeId): Promise<LocalDate | undefined> {
      const run = { pk: reviewKey(practiceId, '').pk, from: '0', to: '9~', newestFirst: true, limit: 1 }
      const { items } = await queryItems(run, binding)
      return items[0] && reviewEntity.parse(items[0]).day
    },

    async find(day: LocalDate): Promise<AuditReview | undefined> {
      const item = await getItem(reviewKey(mine(), day), binding)
      return item && reviewEntity.parse(item)
    },

    /** The newest days first. */
    async list({ limit, cursor }: List): Promise<Page<AuditReview>> {
      const run = { pk: reviewKey(mine(), '').pk, from: '0', to: '9~', newestFirst: true, limit, cursor }
      const { items, next } = await queryItems(run, binding)
      return { items: items.map(reviewEntity.parse), ...(next && { next }) }
    },

    async thresholds(): Promise<ReviewThresholds> {
      const item = await getItem(thresholdsKey(mine()), binding)
      return ReviewThresholds.parse(item?.thresholds ?? {})
    },

    /** From the next review on. The last word counts. */
    setThresholds: (thresholds: ReviewThresholds): Write<'conflict'> => ({
      kind: 'put',
      request: { TableName: tableName(), Item: { ...thresholdsKey(mine()), thresholds } },
      onConflict: 'conflict',
      record: { entity: 'AuditReview', id: 'thresholds', changed: Object.keys(thresholds) },
    }),

    /** A review with its findings: of two runs of one day the second fails whole. */
    keep(review: Omit<AuditReview, 'practiceId' | 'findings' | 'more' | Stamp>, anomalies: readonly AuditAnomaly[]) {
      const practiceId = mine()
      const stamp = { practiceId, createdAt: now, updatedAt: now, version: 1 }
      const kept = anomalies.slice(0, mostFindings)
      const { day } = review
      return [
        reviewEntity.create({ ...review, ...stamp, findings: kept.length, more: anomalies.length - kept.length }),
        ...kept.map(anomaly =>
          findingEntity.create({ findingId: idOf(day, anomaly), day, ...anomaly, status: 'open', ...stamp }),
        ),
      ]
    },

    async finding(day: LocalDate, findingId: FindingId): Promise<ReviewFinding | undefined> {
      const item = await getItem(findingKey(mine(), day, findingId), binding)
      return item && findingEntity.parse(item)
    },

    findingsOf: async (day: LocalDate, list: List) =>
      findings(await queryItems({ pk: findingKey(mine(), day, '').pk, ...list }, binding)),

    /** Those that wait for a decision, of the latest days first. */
    open: async (list: List) =>
      findings(
        await queryItems({ index: 'gsi1', pk: `AUDITREVIEW#${mine()}#OPEN`, newestFirst: true, ...list }, binding),
      ),

    close: (finding: ReviewFinding, { decision, note }: Closing, decidedBy: UserId) =>
      findingEntity.replace(finding, {
        status: 'closed',
        decision,
        note,
        decidedBy,
        decidedAt: now,
        updatedAt: now,
      }),
  }
}

type Stamp = 'createdAt' | 'updatedAt' | 'version'

/** A finding is what it is about: the same one of the same day has the same id. */
const idOf = (day: LocalDate, { kind, actor, address, patientId }: AuditAnomaly): FindingId =>
  idOfHash(
    'fnd',
    createHash('sha256')
      .update(JSON.stringify([day, kind, actor?.id, address, patientId]))
      .digest(),
  )
