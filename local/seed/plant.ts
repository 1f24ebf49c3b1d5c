import type { Write } from '../../shared/kernel/write.ts'
import { recordOf } from '../../shared/pipeline/trail.ts'
import { recordKeys } from '../../shared/ports/gates.ts'
import type { Payer } from '../../shared/schema/claims.ts'
import type { Role, User } from '../../shared/schema/identity.ts'
import type { IdKinds, PracticeId } from '../../shared/schema/ids.ts'
import { weekdays } from '../../shared/schema/practitioners.ts'
import { consents } from '../../shared/store/consents.ts'
import { coverageEntity } from '../../shared/store/coverages.ts'
import { factors } from '../../shared/store/factors.ts'
import { journal } from '../../shared/store/journal.ts'
import { patientEntity } from '../../shared/store/patients.ts'
import { practiceEntity } from '../../shared/store/practices.ts'
import { practitionerEntity } from '../../shared/store/practitioners.ts'
import { newUser } from '../../shared/store/users.ts'
import { billing, patientsOf, payers, people, staff, subscriberOf } from './cast.ts'

/** What a practice is planted with. */
export interface Seedbed {
  slug: string
  newId: <Kind extends keyof IdKinds>(kind: Kind, label: string) => IdKinds[Kind]
  now: string
  passwordHash: string
  /** The sealed TOTP seed of a user. Workforce without one must enrol at their first sign-in. */
  sealedSeed?: (userId: User['userId']) => Promise<string>
}

export type Planted = Awaited<ReturnType<typeof plantPractice>>

/** What every planted patient has signed. */
const agreed = ['treatment', 'telehealth', 'portal-messages'] as const

/** A practice with a user of every role, two practitioners, patients, coverages and payers, each written with its audit record. */
export async function plantPractice({ slug, newId, now, passwordHash, sealedSeed }: Seedbed) {
  // What is planted is sealed like what a function writes.
  await recordKeys.load()
  const practiceId = newId('prc', slug)
  const binding = {
    actor: { type: 'system', id: 'seed', practiceId } as const,
    practiceId,
    now,
    signal: AbortSignal.timeout(60_000),
  }
  const stamp = { practiceId, createdAt: now, updatedAt: now, version: 1 }
  const write = async (...writes: Write[]) => {
    const changes = writes.flatMap(({ record }) => (record ? [record] : []))
    await journal(binding).commit(writes, seedRecord(practiceId, changes[0]?.entity ?? 'Organization', changes))
  }

  const practice = { practiceId, slug, name: 'Harbor Counseling', zone: 'America/Los_Angeles', billing, payers }
  const signIn = { patientMfa: 'offered', graceDays: 14 } as const
  await write(practiceEntity.create({ ...practice, signIn, ...stamp }))

  const practitioners = await Promise.all(
    people.practitioners.map(async ({ name, npi, taxonomy }, index) => {
      const practitionerId = newId('prn', `practitioner${index}`)
      // Around the clock, so that a demonstration works at any hour.
      const availability = weekdays.map(weekday => ({ weekday, from: '00:00', to: '24:00' }))
      const practitioner = { practitionerId, name, npi, taxonomy, zone: practice.zone, availability, ...stamp }
      await write(practitionerEntity.create(practitioner))
      return practitioner
    }),
  )
  const patients = await Promise.all(
    patientsOf.map(async (details, index) => {
      const patientId = newId('pat', `patient${index}`)
      const patient = { patientId, ...details, confidentiality: 'normal' as const, ...stamp }
      const coverage = {
        coverageId: newId('cov', `coverage${index}`),
        patientId: patient.patientId,
        payer: payers[index % payers.length] as Payer,
        ...subscriberOf(index),
        start: '2020-01-01',
        ...stamp,
      }
      await write(
        patientEntity.create(patient),
        coverageEntity.create(coverage),
        ...agreed.flatMap(purpose => {
          const consentId = newId('cns', `${purpose}${index}`)
          const to = { purpose, textVersion: 1, language: 'en', method: 'paper', grantedBy: 'seed' } as const
          return consents(binding).grant(undefined, { consentId, patientId: patient.patientId, ...to }).writes
        }),
      )
      return { ...patient, coverage }
    }),
  )

  const plantUser = async (role: Role) => {
    const userId = newId('usr', role)
    const user: User = {
      userId,
      ...stamp,
      practiceSlug: slug,
      email: `${role}@${slug}.example`,
      ...(staff[role] && { displayName: staff[role] }),
      role,
      patientId: role === 'patient' ? patients[0]?.patientId : undefined,
      practitionerId: role === 'practitioner' ? practitioners[0]?.practitionerId : undefined,
      status: 'active',
      passwordHash,
      sessionEpoch: 0,
      factors: sealedSeed ? ['totp'] : [],
    }
    await write(...newUser(user))
    if (sealedSeed) {
      await write(factors(binding).plant(userId, await sealedSeed(userId)))
    }
    return user
  }
  const roles: Role[] = ['patient', 'practitioner', 'supervisor', 'biller', 'front-desk', 'admin', 'auditor']
  const users = Object.fromEntries(await Promise.all(roles.map(async role => [role, await plantUser(role)])))
  return { practice, practitioners, patients, users: users as Record<Role, User> }
}

const seedRecord = (practiceId: PracticeId, entity: string, changes: Parameters<typeof recordOf>[1]['changes']) =>
  recordOf(
    {
      name: 'seed',
      audit: { action: 'C', entity },
      actor: { type: 'system', id: 'seed', practiceId },
      facts: {},
      params: {},
      address: '-',
      client: 'seed',
      requestId: 'seed',
      startedAt: Date.now(),
    },
    { outcome: 'success', ...(changes && { changes }) },
  )
