import type { Patient } from '../schema/patients.ts'
import {
  type RetentionClass,
  type RetentionDuty,
  type RetentionPolicy,
  type RetentionSchedule,
  type RetentionYears,
  retentionClasses,
} from '../schema/retention.ts'
import type { LocalDate } from '../schema/time.ts'

interface Rule {
  /** The fewest years that the law leaves room for, and those that hold until the practice sets more. */
  least: number
  years: number
  after: string
  /** Of a minor's, the years begin at the earliest when they come of age. */
  minors?: true
  basis: string
  /** How the patient is told. */
  words: (years: number) => string
}

const ofAge = 18

const visits = {
  least: 7,
  years: 7,
  after: 'the last visit',
  minors: true,
  basis: 'State law on medical records, of which most ask for seven years or fewer',
} as const

/** For how long each class is kept. What a state asks beyond it the practice sets. */
const rules: Record<RetentionClass, Rule> = {
  'medical-record': {
    ...visits,
    words: years =>
      `Your medical record must be kept for ${years} years after your last visit, and after you came of age.`,
  },
  'psychotherapy-notes': {
    ...visits,
    words: years =>
      `A therapist's own notes must be kept for ${years} years after your last visit, and after you came of age.`,
  },
  'substance-use-notes': {
    ...visits,
    words: years =>
      `Notes of treatment must be kept for ${years} years after your last visit, and after you came of age.`,
  },
  claims: {
    least: 6,
    years: 10,
    after: 'the last change of a claim',
    basis: '31 USC 3731(b): ten years at most in which a false claim is sued for; 42 CFR 422.504(d)',
    words: years => `What was billed for you must be kept for ${years} years.`,
  },
  disclosures: {
    least: 6,
    years: 6,
    after: 'the disclosure',
    basis: '45 CFR 164.528(a)(1)',
    words: years => `To whom we disclosed something of you must be kept for ${years} years.`,
  },
  consents: {
    least: 6,
    years: 6,
    after: 'the last word on it',
    basis: '45 CFR 164.530(j), 164.508(b)(6)',
    words: years => `What you consented to must be kept for ${years} years.`,
  },
  amendments: {
    least: 6,
    years: 6,
    after: 'the decision',
    basis: '45 CFR 164.526(f), 164.530(j)',
    words: years => `Your requests that your record be amended must be kept for ${years} years.`,
  },
  'emergency-accesses': {
    least: 6,
    years: 6,
    after: 'the access',
    basis: '45 CFR 164.316(b)(2)(i)',
    words: years => `Who opened your record in an emergency must be kept for ${years} years.`,
  },
}

/** What has one time for everybody. */
const fixed: RetentionSchedule['fixed'] = [
  { what: 'Audit trail, in its archive: ids and names of fields alone', days: 2_192, basis: '45 CFR 164.316(b)(2)(i)' },
  { what: 'Audit trail, in the table, once it is in the archive', days: 400, basis: 'Queries of a year' },
  { what: 'Notices to users, with the address that they went to', days: 30, basis: 'Delivery' },
  { what: 'Sessions, after their end', days: 1, basis: 'Security' },
  { what: 'Files of exports of the trail, and of copies of a record', days: 7, basis: 'Until they are downloaded' },
  { what: 'Earlier states of the table, for recovery', days: 35, basis: '45 CFR 164.308(a)(7)(ii)' },
]

/** The years of a class at a practice: never fewer than the least, whatever is stored. */
const yearsOf = (name: RetentionClass, set: RetentionYears = {}): number =>
  Math.max(rules[name].least, set[name] ?? rules[name].years)

/** The classes for which fewer years are named than they must be kept. */
export const tooShort = (years: RetentionYears): RetentionClass[] =>
  retentionClasses.filter(name => (years[name] ?? Number.POSITIVE_INFINITY) < rules[name].least)

export const scheduleOf = (policy?: Pick<RetentionPolicy, 'years' | 'version'>): RetentionSchedule => ({
  classes: retentionClasses.map(name => {
    const { least, after, minors, basis } = rules[name]
    return {
      class: name,
      years: yearsOf(name, policy?.years),
      least,
      after,
      ...(minors && { minorsFromAge: ofAge }),
      basis,
    }
  }),
  fixed,
  version: policy?.version ?? 0,
})

/** Something that is kept, and the last day that counts for how long. */
export interface Dated {
  class: RetentionClass
  on: LocalDate
}

/** What must still be kept on a day, class by class. */
export function dutiesOf(
  records: readonly Dated[],
  { birthDate }: Pick<Patient, 'birthDate'>,
  set: RetentionYears | undefined,
  today: LocalDate,
): RetentionDuty[] {
  return retentionClasses.flatMap(name => {
    const last = records.reduce(
      (latest, record) => (record.class === name && record.on > latest ? record.on : latest),
      '',
    )
    if (!last) return []
    const years = yearsOf(name, set)
    const grown = rules[name].minors ? plusYears(birthDate, ofAge) : last
    const until = plusYears(grown > last ? grown : last, years)
    return until > today ? [{ class: name, until, because: rules[name].words(years) }] : []
  })
}

/** The day on which the last of the duties ends. */
export const endOf = (duties: readonly RetentionDuty[]): LocalDate | undefined =>
  duties
    .map(({ until }) => until)
    .sort()
    .at(-1)

/** The same day so many years later; the 29th of February becomes the 1st of March, which is never too early. */
export function plusYears(date: LocalDate, years: number): LocalDate {
  const later = `${String(Number(date.slice(0, 4)) + years).padStart(4, '0')}${date.slice(4, 10)}`
  return new Date(`${later}T00:00:00.000Z`).toJSON().slice(0, 10)
}
