import type { Binding } from '../kernel/port.ts'
import { agents } from './agents.ts'
import { amendments } from './amendments.ts'
import { appointments } from './appointments.ts'
import { auditTrail } from './audit.ts'
import { claims } from './claims.ts'
import { consents } from './consents.ts'
import { coverages } from './coverages.ts'
import { devices } from './devices.ts'
import { disclosures } from './disclosures.ts'
import { factors } from './factors.ts'
import { identities } from './identities.ts'
import { passkeys } from './passkeys.ts'
import { patients } from './patients.ts'
import { practices } from './practices.ts'
import { practitioners } from './practitioners.ts'
import { sessions } from './sessions.ts'
import { substanceUse } from './substanceUse.ts'
import { telehealth } from './telehealth.ts'
import { users } from './users.ts'

/** Everything in which something is kept about a patient, to be read together. */
export const recordSource = (binding: Binding) => ({
  patients: patients(binding),
  practice: practices(binding),
  practitioners: practitioners(binding),
  coverages: coverages(binding),
  appointments: appointments(binding),
  telehealth: telehealth(binding),
  claims: claims(binding),
  consents: consents(binding),
  amendments: amendments(binding),
  disclosures: disclosures(binding),
  substanceUse: substanceUse(binding),
  trail: auditTrail(binding),
  agents: agents(binding),
  users: users(binding),
  sessions: sessions(binding),
  devices: devices(binding),
  factors: factors(binding),
  passkeys: passkeys(binding),
  identities: identities(binding),
})
