import { port } from '../kernel/port.ts'

/**
 * All that is kept about a patient, to be read by the one worker that writes copies of records. Psychotherapy notes are not among
 * it: there is no right of access to them, and what is not granted cannot slip in.
 */
export const recordSource = port({
  grants: [
    { table: ['get', 'query'], keys: ['PATIENT#*', 'CONSENTTEXT#*', 'SUBSTANCEUSE#*'] },
    { table: ['get'], keys: ['PRACTICE#*', 'PRACTITIONER#*', 'USER#*', 'APIKEY#*'] },
    {
      table: ['query'],
      keys: ['CONSENT#*', 'AMENDMENT#*', 'DISCLOSURE#*', 'TELEHEALTH#*', 'SESSION#*', 'DEVICE#*', 'FACTOR#*'],
    },
    { table: ['query'], keys: ['COVERAGE#*', 'APPOINTMENT#*', 'CLAIM#*', 'USER#*'], index: ['gsi3'] },
    { table: ['query'], keys: ['AUDIT#*', 'PASSKEY#*', 'IDENTITY#*'], index: ['gsi1'] },
  ],
  load: async () => {
    const [patients, practices, practitioners, coverages, appointments, telehealth, claims] = await Promise.all([
      import('../store/patients.ts'),
      import('../store/practices.ts'),
      import('../store/practitioners.ts'),
      import('../store/coverages.ts'),
      import('../store/appointments.ts'),
      import('../store/telehealth.ts'),
      import('../store/claims.ts'),
    ])
    const [consents, amendments, disclosures, substanceUse, audit, agents, users] = await Promise.all([
      import('../store/consents.ts'),
      import('../store/amendments.ts'),
      import('../store/disclosures.ts'),
      import('../store/substanceUse.ts'),
      import('../store/audit.ts'),
      import('../store/agents.ts'),
      import('../store/users.ts'),
    ])
    const [sessions, devices, factors, passkeys, identities] = await Promise.all([
      import('../store/sessions.ts'),
      import('../store/devices.ts'),
      import('../store/factors.ts'),
      import('../store/passkeys.ts'),
      import('../store/identities.ts'),
    ])
    return binding => ({
      patients: patients.patients(binding),
      practice: practices.practices(binding),
      practitioners: practitioners.practitioners(binding),
      coverages: coverages.coverages(binding),
      appointments: appointments.appointments(binding),
      telehealth: telehealth.telehealth(binding),
      claims: claims.claims(binding),
      consents: consents.consents(binding),
      amendments: amendments.amendments(binding),
      disclosures: disclosures.disclosures(binding),
      substanceUse: substanceUse.substanceUse(binding),
      trail: audit.auditTrail(binding),
      agents: agents.agents(binding),
      users: users.users(binding),
      sessions: sessions.sessions(binding),
      devices: devices.devices(binding),
      factors: factors.factors(binding),
      passkeys: passkeys.passkeys(binding),
      identities: identities.identities(binding),
    })
  },
})
