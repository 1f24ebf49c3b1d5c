import { expiryOf } from '../domain/audit/expiry.ts'
import type { Binding } from '../kernel/port.ts'
import { AuditEvent, type AuditRecord } from '../schema/audit.ts'
import { practiceOf } from './practice.ts'
import { type Page, queryAll, queryItems } from './read.ts'

/** A day's records are spread over so many partitions, each good for 1,000 writes a second. */
const shards = 4

/** Keys of a record: by day, and by patient, actor and month, and entity through the indexes. */
export function auditItem(record: AuditRecord): Record<string, unknown> {
  const { practiceId, auditEventId, recordedAt, actor, entity, patientId } = record
  const shard = auditEventId.charCodeAt(auditEventId.length - 1) % shards
  return {
    pk: dayKey(practiceId, recordedAt.slice(0, 10), shard),
    sk: auditEventId,
    ...(patientId && { gsi1pk: `AUDIT#${practiceId}#PATIENT#${patientId}`, gsi1sk: auditEventId }),
    gsi2pk: actorKey(practiceId, actor.id, recordedAt.slice(0, 7)),
    gsi2sk: auditEventId,
    gsi3pk: `AUDIT#${practiceId}#ENTITY#${entity.type}#${entity.id}`,
    gsi3sk: auditEventId,
    ttl: expiryOf(recordedAt),
    ...record,
  }
}

interface List {
  limit: number
  cursor?: string | undefined
}

/** Reads of the trail, newest first. Nothing here changes a record, and no grant of this port could. */
export const auditTrail = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  const read = async (index: 'gsi1' | 'gsi2' | 'gsi3', pk: string, list: List) =>
    page(await queryItems({ index, pk, newestFirst: true, ...list }, binding))

  return {
    byPatient: (patientId: string, list: List) => read('gsi1', `AUDIT#${practiceId}#PATIENT#${patientId}`, list),
    /** `month` is `2026-11`. */
    byActor: (actorId: string, month: string, list: List) => read('gsi2', actorKey(practiceId, actorId, month), list),
    byEntity: (entity: string, id: string, list: List) =>
      read('gsi3', `AUDIT#${practiceId}#ENTITY#${entity}#${id}`, list),

    /** Every record of a day, as it is stored, with its place in its chain. */
    async wholeDay(day: string): Promise<AuditRecord[]> {
      const runs = Array.from({ length: shards }, (_, shard) =>
        queryAll({ pk: dayKey(practiceId, day, shard) }, binding),
      )
      return (await Promise.all(runs)).flat() as AuditRecord[]
    },

    /** Merges the shards of a day: each is read up to the page's length, so a page never misses a record. */
    async byDay(day: string, { limit, cursor }: List): Promise<Page<AuditEvent>> {
      const to = cursor ? previous(cursor) : undefined
      const pages = await Promise.all(
        Array.from({ length: shards }, (_, shard) =>
          queryItems({ pk: dayKey(practiceId, day, shard), newestFirst: true, limit, ...(to && { to }) }, binding),
        ),
      )
      const found = pages
        .flatMap(({ items }) => items.map(parse))
        .sort((a, b) => (a.auditEventId < b.auditEventId ? 1 : -1))
      const items = found.slice(0, limit)
      const more = found.length > limit || pages.some(({ next }) => next)
      const last = items.at(-1)
      return more && last ? { items, next: Buffer.from(last.auditEventId).toString('base64url') } : { items }
    },
  }
}

export type AuditTrail = ReturnType<typeof auditTrail>

const dayKey = (practiceId: string, day: string, shard: number) => `AUDIT#${practiceId}#${day}#${shard}`
const actorKey = (practiceId: string, actorId: string, month: string) => `AUDIT#${practiceId}#ACTOR#${actorId}#${month}`
const parse = (item: Record<string, unknown>) => AuditEvent.strip().parse(item)
const page = ({ items, next }: Page<Record<string, unknown>>): Page<AuditEvent> => ({
  items: items.map(parse),
  ...(next && { next }),
})

/** The greatest sort key below the one that a page ended on. Anything that is not an id starts the day anew. */
function previous(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString()
  return `${id.slice(0, -1)}${String.fromCharCode(id.charCodeAt(id.length - 1) - 1)}~`
}
