import { expiryOf } from '../domain/audit/expiry.ts'
import { inOrder } from '../domain/audit/inOrder.ts'
import { type Days, dayAfter, dayBefore, idAt, idText, placeIn, placeText } from '../domain/audit/place.ts'
import type { Binding, IndexName } from '../kernel/port.ts'
import { idTime } from '../kernel/random.ts'
import { AuditEvent, type AuditRecord } from '../schema/audit.ts'
import type { Instant } from '../schema/time.ts'
import { practiceOf } from './practice.ts'
import { badCursor, type Page, queryAll, queryItems } from './read.ts'

/** A day's records are spread over so many partitions, each good for 1,000 write units a second and for 10 GB. */
const shards = 8

/**
 * Keys of a record: by day, and within a day by action and, if it did not succeed, by outcome; through the indexes by patient, by
 * actor and month, and by entity.
 */
export function auditItem(record: AuditRecord): Record<string, unknown> {
  const { practiceId, auditEventId, recordedAt, actor, name, outcome, entity, patientId } = record
  const shard = auditEventId.charCodeAt(auditEventId.length - 1) % shards
  return {
    pk: dayKey(practiceId, recordedAt.slice(0, 10), shard),
    sk: auditEventId,
    lsi1sk: `${name}#${auditEventId}`,
    ...(outcome !== 'success' && { lsi2sk: `${outcome}#${auditEventId}` }),
    ...(patientId && { gsi1pk: patientKey(practiceId, patientId, partyOf(record)), gsi1sk: auditEventId }),
    gsi2pk: actorKey(practiceId, actor.id, recordedAt.slice(0, 7)),
    gsi2sk: auditEventId,
    ...(isOneRecord(entity.id) && { gsi3pk: entityKey(practiceId, entity.type, entity.id), gsi3sk: auditEventId }),
    ttl: expiryOf(recordedAt),
    ...record,
  }
}

/**
 * Whether an entity's id is that of one record. What many requests name together, such as `Appointment/list`, would be one
 * partition for all of a practice, and says no more than the action does.
 */
export const isOneRecord = (id: string): boolean => !/^[a-z-]*$/.test(id)

/**
 * Who a patient is told of: people and programs of the practice; the patient's own requests and workers are the others. Apart lies
 * what was done with psychotherapy notes: that there are any, a patient is not told (45 CFR 164.524(a)(1)(i)).
 */
type Party = 'STAFF' | 'OTHER' | 'APART'

const partyOf = ({ actor: { type, role }, entity }: AuditEvent): Party => {
  if (entity.type === 'PsychotherapyNote') return 'APART'
  return type === 'client' || (type === 'user' && role !== 'patient') ? 'STAFF' : 'OTHER'
}

interface List {
  limit: number
  cursor?: string | undefined
}

/** Reads of the trail, newest first. Nothing here changes a record, and no grant of this port could. */
export const auditTrail = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  const read = async (index: 'gsi1' | 'gsi2' | 'gsi3', pk: string, list: List): Promise<Page<AuditEvent>> => {
    const { items, next } = await queryItems({ index, pk, newestFirst: true, ...list }, binding)
    return { items: items.map(parse), ...(next && { next }) }
  }

  /** Reads each run up to the page's length from the newest before a record, so that a page of all never misses one. */
  const merge = async (runs: Run[], before: string | undefined, limit: number) => {
    const pages = await Promise.all(
      runs.map(({ index, pk, prefix = '' }) =>
        queryItems(
          {
            ...(index && { index }),
            pk,
            ...(prefix && { from: prefix }),
            ...((before || prefix) && { to: prefix + (before ? previous(before) : '~') }),
            newestFirst: true,
            limit,
          },
          binding,
        ),
      ),
    )
    const found = pages
      .flatMap(({ items }) => items.map(parse))
      .sort((a, b) => (a.auditEventId < b.auditEventId ? 1 : -1))
    return { items: found.slice(0, limit), more: found.length > limit || pages.some(({ next }) => next) }
  }

  /**
   * A day at a time, newest first. A page ends where its day does: it can hold fewer than were asked for, even none, and be
   * followed by another.
   */
  const inDays = async ({ from, to }: Days, { limit, cursor }: List, order: Omit<Run, 'pk'> = {}) => {
    const { day, before } = cursor ? placed(placeIn({ from, to }, cursor)) : { day: to }
    const runs = dayKeys(practiceId, day).map(pk => ({ ...order, pk }))
    const { items, more } = await merge(runs, before, limit)
    const next = more ? placeText(day, items.at(-1)?.auditEventId) : day > from ? placeText(dayBefore(day)) : undefined
    return { items, ...(next && { next }) }
  }

  return {
    async byPatient(
      patientId: string,
      { limit, cursor }: List,
      reader: 'patient' | 'staff' = 'patient',
    ): Promise<Page<AuditEvent>> {
      const parties: Party[] = reader === 'patient' ? ['STAFF', 'OTHER'] : ['STAFF', 'OTHER', 'APART']
      const runs = parties.map(party => ({
        index: 'gsi1' as const,
        pk: patientKey(practiceId, patientId, party),
      }))
      const { items, more } = await merge(runs, cursor && placed(idAt(cursor)), limit)
      return { items, ...(more && { next: idText(items.at(-1)?.auditEventId) }) }
    },

    /** What people and programs of the practice did with a patient's record. */
    byStaff: (patientId: string, list: List) => read('gsi1', patientKey(practiceId, patientId, 'STAFF'), list),
    /** `month` is `2026-11`. */
    byActor: (actorId: string, month: string, list: List) => read('gsi2', actorKey(practiceId, actorId, month), list),
    byEntity: (entity: string, id: string, list: List) => read('gsi3', entityKey(practiceId, entity, id), list),
    byDay: (days: Days, list: List) => inDays(days, list),
    /** `claims.submit`. */
    byAction: (name: string, days: Days, list: List) => inDays(days, list, { index: 'lsi1', prefix: `${name}#` }),
    byOutcome: (outcome: 'denied' | 'failed', days: Days, list: List) =>
      inDays(days, list, { index: 'lsi2', prefix: `${outcome}#` }),

    /**
     * Every record of a period in the order of time, however many they are: a page of each partition is in memory at once. It goes
     * on after a record that was the last before, if the period begins when that was made.
     */
    async *inOrder({ from, to }: { from: Instant; to: Instant }, after = ''): AsyncGenerator<AuditEvent> {
      const bounds = { from: after || `aud_${idTime(from)}`, to: `aud_${idTime(to)}` }
      for (let day = from.slice(0, 10); day <= to.slice(0, 10); day = dayAfter(day)) {
        const runs = dayKeys(practiceId, day).map(pk => runOf({ pk, ...bounds }, binding))
        for await (const item of inOrder(runs, item => String(item.sk))) if (item.sk !== after) yield parse(item)
      }
    },

    /** Every record of a day, as it is stored, with its place in its chain. */
    async wholeDay(day: string): Promise<AuditRecord[]> {
      const runs = await Promise.all(dayKeys(practiceId, day).map(pk => queryAll({ pk }, binding)))
      return runs.flat() as AuditRecord[]
    },
  }
}

/** One of several runs that are read as one list: its sort keys end in the record's id. */
interface Run {
  index?: IndexName
  pk: string
  prefix?: string
}

const dayKey = (practiceId: string, day: string, shard: number) => `AUDIT#${practiceId}#${day}#${shard}`

/** The partitions in which a day of a practice lies. */
export const dayKeys = (practiceId: string, day: string): string[] =>
  Array.from({ length: shards }, (_, shard) => dayKey(practiceId, day, shard))

const patientKey = (practiceId: string, patientId: string, party: Party) =>
  `AUDIT#${practiceId}#PATIENT#${patientId}#${party}`
const actorKey = (practiceId: string, actorId: string, month: string) => `AUDIT#${practiceId}#ACTOR#${actorId}#${month}`
const entityKey = (practiceId: string, type: string, id: string) => `AUDIT#${practiceId}#ENTITY#${type}#${id}`
const parse = (item: Record<string, unknown>) => AuditEvent.strip().parse(item)

/** The items of a run that may be long, a page at a time. */
async function* runOf(run: { pk: string; from: string; to: string }, binding: Binding) {
  let from: string | undefined = run.from
  while (from) {
    const { items, next }: Page<Record<string, unknown>> = await queryItems({ ...run, from, limit: 250 }, binding)
    yield* items
    // All ids are of one length, so nothing lies between one and it with a character more.
    from = next && `${items.at(-1)?.sk}0`
  }
}

/** A place that a cursor names, if it names one of this list. */
function placed<T>(place: T | undefined): T {
  if (place === undefined) throw badCursor()
  return place
}

/** The greatest sort key below an id. */
const previous = (id: string): string => `${id.slice(0, -1)}${String.fromCharCode(id.charCodeAt(id.length - 1) - 1)}~`

export type AuditTrail = ReturnType<typeof auditTrail>
