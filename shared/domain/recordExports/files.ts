import type { Disclosure } from '../../schema/disclosures.ts'
import type { RecordExport } from '../../schema/recordExports.ts'
import { lineOf } from '../audit/csv.ts'
import { told, untold } from './registry.ts'

/** What a copy is made of, in its order. */
export const sections = [
  'patient',
  'corrections',
  'coverages',
  'appointments',
  'claims',
  'consents',
  'amendments',
  'disclosures',
  'notes',
  'accesses',
  'practitioners',
  'account',
] as const
export type Section = (typeof sections)[number]

/** Where the file of a copy lies, and what it is called where it is saved: nothing in the name tells whose it is. */
export const copyOf = ({ practiceId, exportId, createdAt }: RecordExport) => ({
  key: `exports/${practiceId}/${exportId}.zip`,
  type: 'application/zip',
  name: `record-${createdAt.slice(0, 10)}.zip`,
})

export const disclosureHead = (): string =>
  lineOf(['disclosed', 'recipient', 'address', 'what', 'purpose', 'legal basis', 'in the accounting', 'told until'])

/** A line of the accounting (45 CFR 164.528(b)(2)). */
export const disclosureLine = (told: Disclosure): string =>
  lineOf([
    told.disclosedAt,
    told.recipient.name,
    told.recipient.address ?? '',
    told.what,
    told.purpose,
    told.legalBasis,
    told.accountable ? 'yes' : 'no',
    told.retainUntil,
  ])

/** What the files are, for a person. It says the same in every copy, so that nothing can be read from it. */
export const readme = (job: RecordExport): string => `A copy of what is kept about one patient
Ordered ${job.createdAt}, for the ${job.audience}

bundle.json      the record, as a FHIR R4 Bundle (http://hl7.org/fhir/R4/bundle.html)
disclosures.csv  what was disclosed, to whom, when and why; a table for a spreadsheet
account.json     the patient's account: sign-ins, browsers, keys. Empty in a copy for the practice
README.txt       this

Files were read one after the other: what changed meanwhile may be in one and not in another.

What is in it
${Object.entries(told)
  .map(([kind, where]) => `- ${kind}: ${where}`)
  .join('\n')}

What is kept and is not in it, and why
${Object.entries(untold)
  .map(([kind, why]) => `- ${kind}: ${why}`)
  .join('\n')}
`
