import type { Amendment } from '../../schema/amendments.ts'
import type { Appointment } from '../../schema/appointments.ts'
import type { AuditEvent } from '../../schema/audit.ts'
import type { Claim } from '../../schema/claims.ts'
import type { Consent, ConsentText } from '../../schema/consents.ts'
import type { Coverage } from '../../schema/coverages.ts'
import type { Disclosure } from '../../schema/disclosures.ts'
import type { Identity } from '../../schema/federation.ts'
import type { Device, Session, SmsFactor, TotpFactor, User } from '../../schema/identity.ts'
import type { PatientId, PractitionerId, SubstanceUseNoteId, TelehealthId, UserId } from '../../schema/ids.ts'
import { type NoteKey, NoteText, type SealedSubstanceUseNote } from '../../schema/notes.ts'
import type { Passkey } from '../../schema/passkeys.ts'
import type { Patient, PatientVersion } from '../../schema/patients.ts'
import type { Practice } from '../../schema/practices.ts'
import type { Practitioner } from '../../schema/practitioners.ts'
import type { Audience } from '../../schema/recordExports.ts'
import type { TelehealthSession } from '../../schema/telehealth.ts'
import { firstTexts } from '../consents/texts.ts'
import { accountOf } from './account.ts'
import * as fhir from './fhir.ts'
import { claim, claimResponses, coverage } from './insurance.ts'
import type { Resource } from './parts.ts'

type Listed<T> = Promise<{ items: T[]; next?: string }>

/** Where all of it is read: what the port gives. */
export interface Source {
  patients: {
    find: (id: PatientId) => Promise<Patient | undefined>
    history: (id: PatientId, limit: number, cursor?: string) => Listed<PatientVersion>
  }
  practice: { mine: () => Promise<Practice> }
  practitioners: { find: (id: PractitionerId) => Promise<Practitioner | undefined> }
  coverages: { ofPatient: (id: PatientId, limit: number, cursor?: string) => Listed<Coverage> }
  appointments: { ofPatient: (id: PatientId, period: { limit: number; cursor?: string }) => Listed<Appointment> }
  telehealth: { room: (id: TelehealthId) => Promise<{ session: TelehealthSession } | undefined> }
  claims: { ofPatient: (id: PatientId, limit: number, cursor?: string) => Listed<Claim> }
  consents: {
    ofPatient: (id: PatientId, which: 'history', limit: number, cursor?: string) => Listed<Consent>
    texts: () => Promise<ConsentText[]>
  }
  amendments: { ofPatient: (id: PatientId, limit: number, cursor?: string) => Listed<Amendment> }
  disclosures: {
    ofPatient: (id: PatientId, which: 'accountable' | 'other', limit: number, cursor?: string) => Listed<Disclosure>
  }
  substanceUse: {
    keyOf: (id: PatientId) => Promise<NoteKey | undefined>
    ofPatient: (id: PatientId, author: undefined, limit: number, cursor?: string) => Listed<SealedSubstanceUseNote>
  }
  trail: { byStaff: (id: string, list: { limit: number; cursor?: string }) => Listed<AuditEvent> }
  agents: { named: (ids: readonly string[]) => Promise<Map<string, { name: string }>> }
  users: { ofPatient: (id: PatientId) => Promise<User[]> }
  sessions: { ofUser: (id: UserId) => Promise<Session[]> }
  devices: { ofUser: (user: User) => Promise<Device[]> }
  factors: { of: (id: UserId) => Promise<{ totp?: TotpFactor | undefined; sms?: SmsFactor | undefined }> }
  passkeys: { ofUser: (user: User) => Promise<Passkey[]> }
  identities: { ofUser: (user: User) => Promise<Identity[]> }
}

type Open = (patientId: PatientId, wrapped: string, id: SubstanceUseNoteId, sealed: string) => Promise<string>

/** References between resources resolve against it; there is no such host (RFC 6761 §6.4). */
const base = 'https://haven.invalid/fhir'
const limit = 100

/** A patient's record as the text of files, read while it is written. */
export function recordOf(
  { patientId, audience, now }: { patientId: PatientId; audience: Audience; now: string },
  source: Source,
  open: Open,
  progress: (sections: number, resources: number) => Promise<void>,
) {
  const named = new Set<PractitionerId>()
  let [done, resources] = [0, 0]

  async function* patient(): AsyncGenerator<Resource> {
    const [found, practice] = await Promise.all([source.patients.find(patientId), source.practice.mine()])
    if (!found) throw new Error('a copy was ordered of a patient who is not there')
    for (const id of found.careTeam ?? []) named.add(id)
    yield fhir.organization(practice)
    yield fhir.patient(found)
  }
  async function* corrections(): AsyncGenerator<Resource> {
    for await (const each of all(cursor => source.patients.history(patientId, limit, cursor)))
      yield fhir.correction(each)
  }
  async function* coverages(): AsyncGenerator<Resource> {
    for await (const each of all(cursor => source.coverages.ofPatient(patientId, limit, cursor))) yield coverage(each)
  }
  async function* appointments(): AsyncGenerator<Resource> {
    const list = (cursor?: string) => source.appointments.ofPatient(patientId, { limit, ...(cursor && { cursor }) })
    for await (const each of all(list)) {
      named.add(each.practitionerId)
      yield fhir.appointment(each)
      const room = each.telehealthId && (await source.telehealth.room(each.telehealthId))
      const held = fhir.encounter(each, room ? room.session : undefined)
      if (held) yield held
    }
  }
  async function* claims(): AsyncGenerator<Resource> {
    for await (const each of all(cursor => source.claims.ofPatient(patientId, limit, cursor))) {
      named.add(each.rendering.practitionerId)
      yield claim(each)
      yield* claimResponses(each)
    }
  }
  async function* consents(): AsyncGenerator<Resource> {
    const texts = [...firstTexts, ...(await source.consents.texts())]
    const shown = new Set<ConsentText>()
    for await (const each of all(cursor => source.consents.ofPatient(patientId, 'history', limit, cursor))) {
      const text = texts.find(({ purpose, version }) => purpose === each.purpose && version === each.textVersion)
      if (text) shown.add(text)
      yield fhir.consent(each)
    }
    for (const text of shown) yield fhir.consentText(text)
  }
  async function* amendments(): AsyncGenerator<Resource> {
    for await (const each of all(cursor => source.amendments.ofPatient(patientId, limit, cursor)))
      yield fhir.amendment(each)
  }
  async function* disclosed() {
    for (const which of ['accountable', 'other'] as const)
      yield* all(cursor => source.disclosures.ofPatient(patientId, which, limit, cursor))
  }
  async function* disclosures(): AsyncGenerator<Resource> {
    for await (const each of disclosed()) yield fhir.disclosure(each)
  }
  /** The patient's alone: nobody else may ever order them (42 CFR 2.23). */
  async function* notes(): AsyncGenerator<Resource> {
    const key = audience === 'patient' ? await source.substanceUse.keyOf(patientId) : undefined
    if (!key) return
    const list = (cursor?: string) => source.substanceUse.ofPatient(patientId, undefined, limit, cursor)
    for await (const { sealed, ...heading } of all(list)) {
      const text = await open(patientId, key.wrapped, heading.noteId, sealed)
      named.add(heading.authorId)
      yield fhir.substanceUseNote({ ...heading, ...NoteText.parse(JSON.parse(text)) })
    }
  }
  async function* accesses(): AsyncGenerator<Resource> {
    let cursor: string | undefined
    do {
      const page = await source.trail.byStaff(patientId, { limit, ...(cursor && { cursor }) })
      const told = page.items.filter(event => fhir.isTold(event, audience))
      const names = await source.agents.named(told.map(({ actor }) => actor.id))
      for (const event of told) yield fhir.access(event, names.get(event.actor.id), patientId)
      cursor = page.next
    } while (cursor)
  }
  async function* practitioners(): AsyncGenerator<Resource> {
    for (const id of named) yield fhir.practitioner(id, await source.practitioners.find(id))
  }

  return {
    async *bundle(): AsyncGenerator<string> {
      yield `{"resourceType":"Bundle","type":"collection","timestamp":${JSON.stringify(now)},"entry":[\n`
      const parts = [patient, corrections, coverages, appointments, claims, consents, amendments, disclosures]
      for (const part of [...parts, notes, accesses, practitioners]) {
        for await (const resource of part()) {
          const fullUrl = `${base}/${resource.resourceType}/${resource.id}`
          yield `${resources > 0 ? ',\n' : ''}${JSON.stringify({ fullUrl, resource })}`
          resources++
        }
        await progress(++done, resources)
      }
      yield '\n]}\n'
    },

    async *disclosures(head: string, line: (each: Disclosure) => string): AsyncGenerator<string> {
      yield head
      for await (const each of disclosed()) yield line(each)
    },

    /** What is kept of the patient's accounts: theirs alone. */
    async *account(): AsyncGenerator<string> {
      const users = audience === 'patient' ? await source.users.ofPatient(patientId) : []
      const accounts = await Promise.all(
        users.map(async user => {
          const [sessions, devices, factors, passkeys, identities] = await Promise.all([
            source.sessions.ofUser(user.userId),
            source.devices.ofUser(user),
            source.factors.of(user.userId),
            source.passkeys.ofUser(user),
            source.identities.ofUser(user),
          ])
          return accountOf(user, { sessions, devices, factors, passkeys, identities })
        }),
      )
      yield `${JSON.stringify({ accounts }, null, 2)}\n`
      await progress(++done, resources)
    },
  }
}

/** Every item of a list that is read a page at a time. */
async function* all<T>(read: (cursor?: string) => Listed<T>): AsyncGenerator<T> {
  let cursor: string | undefined
  do {
    const { items, next } = await read(cursor)
    yield* items
    cursor = next
  } while (cursor)
}
