import type { AuditEvent } from '../../schema/audit.ts'
import type { AuditAnomaly, FindingKind, ReviewThresholds } from '../../schema/auditReviews.ts'
import type { AuditEventId, PatientId } from '../../schema/ids.ts'
import type { Zone } from '../../schema/time.ts'
import { wallTimeOf, weekdayOf } from '../scheduling/wallTime.ts'
import { likenessOf, type Person, type Subject } from './likeness.ts'
import { type Peak, slidingWindow } from './window.ts'

/** Who is who: of ids that are not known nothing is found. */
export interface Known {
  person: (userId: string) => Person | undefined
  patient: (patientId: PatientId) => Subject | undefined
}

/** So many records of one finding are named. */
const shown = 20
const hour = 3_600_000

/** A run of records that belong together. */
interface Trail {
  count: number
  first: string
  last: string
  events: AuditEventId[]
}

/**
 * A review of a day of the trail: it sees each record once, in the order of time, and keeps only what its questions need. It asks
 * who is who at the end, when it is known of whom that must be asked.
 */
export function newReview(thresholds: ReviewThresholds, zone: Zone) {
  const { refusalsInTenMinutes, bulkActions } = thresholds
  let records = 0
  const isClosed = closedIn(thresholds, zone)
  const accesses = new Map<string, Map<PatientId, Trail>>()
  const late = new Map<string, Trail>()
  const hours = new Map<string, ReturnType<typeof slidingWindow>>()
  const refused = new Map<string, { actor?: AuditEvent['actor']; window: ReturnType<typeof slidingWindow> }>()
  const bulk = new Map<string, { actor: AuditEvent['actor']; trail: Trail }>()

  const seeAccess = ({ actor, auditEventId, recordedAt }: AuditEvent, patientId: PatientId) => {
    const patients = made(accesses, actor.id, () => new Map<PatientId, Trail>())
    patients.set(patientId, longer(patients.get(patientId), recordedAt, auditEventId))
    made(hours, actor.id, () => slidingWindow(hour)).meet(Date.parse(recordedAt), patientId, auditEventId)
    if (isClosed(recordedAt)) late.set(actor.id, longer(late.get(actor.id), recordedAt, auditEventId))
  }

  const seeRefusal = ({ actor, source, auditEventId, recordedAt }: AuditEvent) => {
    const keys = [
      ...(actor.id === 'anonymous' || actor.type === 'system' ? [] : [{ key: actor.id, actor }]),
      ...(source.address === '-' ? [] : [{ key: `address ${source.address}` }]),
    ]
    for (const { key, ...rest } of keys) {
      const { window } = made(refused, key, () => ({ ...rest, window: slidingWindow(hour / 6) }))
      window.meet(Date.parse(recordedAt), auditEventId, auditEventId)
    }
  }

  return {
    see(event: AuditEvent): void {
      records++
      const { actor, outcome, patientId, name, recordedAt, auditEventId } = event
      if (outcome !== 'success') {
        seeRefusal(event)
        return
      }
      const person = actor.type === 'user' && actor.role !== 'patient'
      if (person && patientId) seeAccess(event, patientId)
      if ((person || actor.type === 'client') && bulkActions.includes(name)) {
        const { trail } = bulk.get(actor.id) ?? {}
        bulk.set(actor.id, { actor, trail: longer(trail, recordedAt, auditEventId) })
      }
    },

    records: () => records,
    /** Of whom it must be known who they are. */
    people: (): string[] => [...accesses.keys()],
    patients: (): PatientId[] => [...new Set([...accesses.values()].flatMap(patients => [...patients.keys()]))],

    /** What was unusual, the gravest first. */
    anomalies(known: Known): AuditAnomaly[] {
      const user = (id: string) => ({ type: 'user' as const, id })
      const found: AuditAnomaly[] = []
      for (const [id, trail] of late) {
        if (trail.count >= thresholds.afterHours) found.push(ofTrail('after-hours', trail, { actor: user(id) }))
      }
      for (const [id, window] of hours) {
        const peak = window.peak()
        if (peak && peak.count >= thresholds.patientsInAnHour)
          found.push(ofPeak('many-patients', peak, { actor: user(id) }))
      }
      for (const [key, { actor, window }] of refused) {
        const peak = window.peak()
        if (!peak || peak.count < refusalsInTenMinutes) continue
        const who = actor ? { actor: { type: actor.type, id: actor.id } } : { address: key.slice('address '.length) }
        found.push(ofPeak('refusals', peak, who))
      }
      for (const { actor, trail } of bulk.values()) {
        found.push(ofTrail('bulk-access', trail, { actor: { type: actor.type, id: actor.id } }))
      }
      for (const [id, patients] of accesses) {
        for (const [patientId, trail] of patients) {
          found.push(...ofPatient(id, patientId, trail, known, thresholds))
        }
      }
      return found.sort((a, b) => gravity.indexOf(a.kind) - gravity.indexOf(b.kind) || b.count - a.count)
    },
  }
}

/** The gravest first: what is left out where there is too much is what tells least. */
const gravity: readonly FindingKind[] = [
  'own-record',
  'confidential-patient',
  'bulk-access',
  'many-patients',
  'refusals',
  'own-family',
  'after-hours',
]

function* ofPatient(
  id: string,
  patientId: PatientId,
  trail: Trail,
  { person, patient }: Known,
  { sameFamilyName }: ReviewThresholds,
): Generator<AuditAnomaly> {
  const subject = patient(patientId)
  if (!subject) return
  const about = { actor: { type: 'user' as const, id }, patientId }
  if (subject.confidential) yield ofTrail('confidential-patient', trail, about)
  const likeness = likenessOf(person(id), subject, patientId).filter(one => sameFamilyName || one !== 'family-name')
  const own = likeness.some(one => one === 'patient-id' || one === 'email')
  if (likeness.length > 0) yield { ...ofTrail(own ? 'own-record' : 'own-family', trail, about), likeness }
}

function closedIn({ workingDays, opens, closes }: ReviewThresholds, zone: Zone) {
  // A day has 1,440 minutes and may have a million records.
  const known = new Map<string, boolean>()
  return (at: string): boolean => {
    const minute = at.slice(0, 16)
    return made(known, minute, () => {
      const wall = wallTimeOf(at, zone)
      const time = wall.slice(11)
      return time < opens || time >= closes || !workingDays.includes(weekdayOf(wall.slice(0, 10)))
    })
  }
}

function made<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const value = make()
  map.set(key, value)
  return value
}

function longer(trail: Trail | undefined, at: string, event: AuditEventId): Trail {
  if (!trail) return { count: 1, first: at, last: at, events: [event] }
  trail.count++
  trail.last = at
  if (trail.events.length < shown) trail.events.push(event)
  return trail
}

type About = Pick<AuditAnomaly, 'actor' | 'address' | 'patientId'>

const ofTrail = (kind: FindingKind, { count, first, last, events }: Trail, about: About): AuditAnomaly => ({
  kind,
  ...about,
  count,
  from: first,
  to: last,
  events,
})

const ofPeak = (kind: FindingKind, { count, fromMs, toMs, events }: Peak, about: About): AuditAnomaly => ({
  kind,
  ...about,
  count,
  from: new Date(fromMs).toJSON(),
  to: new Date(toMs).toJSON(),
  events,
})
