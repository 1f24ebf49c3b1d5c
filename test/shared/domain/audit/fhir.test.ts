import { describe, expect, it } from 'vitest'
import { csvHead, csvLine } from '../../../../shared/domain/audit/csv.ts'
import { fhirAuditEvent } from '../../../../shared/domain/audit/fhir.ts'
import type { AuditEvent } from '../../../../shared/schema/audit.ts'
import type { AuditEventId, PatientId } from '../../../../shared/schema/ids.ts'

const event = (change: Partial<AuditEvent> = {}): AuditEvent => ({
  auditEventId: 'aud_01KB7Q3V80EXAMPR0000' as AuditEventId,
  practiceId: 'prc_0HARBXR0000000000000',
  recordedAt: '2026-11-23T17:00:00.000Z',
  actor: {
    type: 'user',
    id: 'usr_0BXKKER0000000000000',
    role: 'biller',
    sessionId: 'ses_1',
    aal: 'aal2',
    amr: ['pwd'],
  },
  name: 'claims.submit',
  verb: 'E',
  outcome: 'success',
  status: 202,
  entity: { type: 'Claim', id: 'clm_0CXAXM00000000000000' },
  patientId: 'pat_0PATXENT000000000000' as PatientId,
  changed: ['status', 'transmission'],
  version: 3,
  purposeOfUse: 'HPAYMT',
  source: { address: '192.0.2.10', client: 'Mozilla/5.0' },
  requestId: 'abc',
  elapsed: 12,
  schema: 1,
  ...change,
})

/** Required bindings of http://hl7.org/fhir/R4/auditevent.html, and the extensible ones that are used here. */
const values = {
  action: ['C', 'R', 'U', 'D', 'E'],
  outcome: ['0', '4', '8', '12'],
  networkType: ['1', '2', '3', '4', '5'],
  type: [
    'http://dicom.nema.org/resources/ontology/DCM|110101',
    'http://dicom.nema.org/resources/ontology/DCM|110106',
    'http://dicom.nema.org/resources/ontology/DCM|110110',
    'http://dicom.nema.org/resources/ontology/DCM|110114',
    'http://terminology.hl7.org/CodeSystem/audit-event-type|rest',
  ],
  interaction: ['read', 'update', 'delete', 'create', 'operation'],
}
const reference = /^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/

const samples: AuditEvent[] = [
  event(),
  event({ name: 'patients.get', verb: 'R', entity: { type: 'Patient', id: 'pat_0PATXENT000000000000' } }),
  event({ name: 'appointments.list', verb: 'R', entity: { type: 'Appointment', id: 'list' } }),
  event({
    name: 'auth.login',
    actor: { type: 'anonymous', id: 'anonymous' },
    outcome: 'denied',
    reason: 'credentials-refused',
  }),
  event({
    name: 'claims.transmit',
    actor: { type: 'system', id: 'claims.transmit' },
    source: { address: '-', client: 'claims.transmit' },
  }),
  event({
    actor: { type: 'client', id: 'key_1', apiKeyId: 'key_1' },
    outcome: 'failed',
    reason: 'internal-error',
    status: 500,
  }),
  event({ actor: { type: 'user', id: 'usr_1', role: 'patient', clientId: 'haven-desktop' }, purposeOfUse: 'PATRQT' }),
  event({ name: 'exports.start', entity: { type: 'Export', id: 'exp_1' }, outcome: 'failed', reason: 'timeout' }),
  event({ name: 'audit.list', entity: { type: 'AuditEvent', id: 'list' } }),
].map(each => each)

describe('a record as a FHIR R4 AuditEvent', () => {
  it.each(samples)('has what the resource demands, from its value sets: $name by $actor.type', sample => {
    const resource = fhirAuditEvent(sample)
    expect(resource.resourceType).toBe('AuditEvent')
    expect(resource.id).toMatch(/^[A-Za-z0-9.-]{1,64}$/)
    expect(values.type).toContain(`${resource.type.system}|${resource.type.code}`)
    expect(resource.recorded).toBe(sample.recordedAt)
    expect(values.action).toContain(resource.action)
    expect(values.outcome).toContain(resource.outcome)
    expect(values.interaction).toContain(resource.subtype[0]?.code)
    expect(resource.subtype[1]).toEqual({ system: 'urn:haven:action', code: sample.name })
    expect(resource.agent.length).toBeGreaterThan(0)
    expect(resource.agent.filter(({ requestor }) => requestor)).toHaveLength(1)
    for (const agent of resource.agent) {
      expect(agent.who.identifier.value).toBeTruthy()
      const { network } = agent as { network?: { type: string } }
      if (network) expect(values.networkType).toContain(network.type)
    }
    expect(resource.source.observer.identifier.value).toBe(sample.practiceId)
    expect(resource.source.type[0]?.code).toBe('4')
    for (const { what } of resource.entity) {
      if ('reference' in what) expect(what.reference).toMatch(reference)
      else expect(what.identifier.value).toBeTruthy()
    }
    // FHIR has neither empty arrays nor nulls.
    expect(JSON.stringify(resource)).not.toMatch(/\[\]|null|undefined|\{\}/)
  })

  it.each([
    [{ outcome: 'success' }, '0'],
    [{ outcome: 'denied', reason: 'forbidden' }, '4'],
    [{ outcome: 'failed', reason: 'timeout' }, '8'],
    [{ outcome: 'failed', reason: 'internal-error' }, '12'],
  ] as [Partial<AuditEvent>, string][])('says of %j the outcome %s', (change, outcome) => {
    expect(fhirAuditEvent(event(change)).outcome).toBe(outcome)
  })

  it('refers to patient and record, once each, with the names of fields', () => {
    expect(fhirAuditEvent(event()).entity).toMatchObject([
      { what: { reference: 'Patient/pat-0PATXENT000000000000' }, role: { code: '1' } },
      {
        what: { reference: 'Claim/clm-0CXAXM00000000000000' },
        role: { code: '4' },
        detail: [
          { type: 'request', valueString: 'abc' },
          { type: 'status', valueString: '202' },
          { type: 'version', valueString: '3' },
          { type: 'changed', valueString: 'status' },
          { type: 'changed', valueString: 'transmission' },
        ],
      },
    ])
    expect(fhirAuditEvent(samples[1]!).entity).toHaveLength(1)
  })

  it('names the app through which a person acted, who did not ask', () => {
    expect(fhirAuditEvent(samples[6]!).agent[1]).toMatchObject({
      who: { identifier: { value: 'haven-desktop' } },
      requestor: false,
    })
  })
})

describe('a record as a line of a table', () => {
  const cells = (line: string) =>
    [...line.matchAll(/"((?:[^"]|"")*)"/g)].map(([, text = '']) => text.replaceAll('""', '"'))

  it('has as many cells as the head', () => {
    for (const sample of samples) {
      expect(cells(csvLine(sample))).toHaveLength(cells(csvHead()).length)
      expect(csvLine(sample)).toMatch(/^("([^"]|"")*",)*"([^"]|"")*"\r\n$/)
    }
  })

  it.each(['=HYPERLINK("http://x")', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1'])(
    'makes text of %j, which a spreadsheet would run',
    client => {
      const line = cells(csvLine(event({ source: { address: '192.0.2.10', client } })))
      expect(line).toContain(`'${client}`)
      expect(line.filter(cell => /^[=+\-@\t\r\n]/.test(cell))).toEqual([])
    },
  )

  it('keeps quotes, commas and lines inside their cell', () => {
    const client = 'a"b,c\r\nd'
    expect(cells(csvLine(event({ source: { address: '-', client } })))).toContain(client)
  })
})
