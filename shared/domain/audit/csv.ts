import type { AuditEvent } from '../../schema/audit.ts'

/** The columns of an exported trail, and what stands in them. */
const columns: [name: string, of: (event: AuditEvent) => string | number | undefined][] = [
  ['id', ({ auditEventId }) => auditEventId],
  ['recorded', ({ recordedAt }) => recordedAt],
  ['action', ({ name }) => name],
  ['verb', ({ verb }) => verb],
  ['outcome', ({ outcome }) => outcome],
  ['status', ({ status }) => status],
  ['reason', ({ reason }) => reason],
  ['actor type', ({ actor }) => actor.type],
  ['actor', ({ actor }) => actor.id],
  ['role', ({ actor }) => actor.role],
  ['session', ({ actor }) => actor.sessionId],
  ['assurance', ({ actor }) => actor.aal],
  ['entity type', ({ entity }) => entity.type],
  ['entity', ({ entity }) => entity.id],
  ['patient', ({ patientId }) => patientId],
  ['changed', ({ changed }) => changed?.join(' ')],
  ['version', ({ version }) => version],
  ['purpose', ({ purposeOfUse }) => purposeOfUse],
  ['address', ({ source }) => source.address],
  ['client', ({ source }) => source.client],
  ['request', ({ requestId }) => requestId],
]

export const csvHead = (): string => lineOf(columns.map(([name]) => name))

export const csvLine = (event: AuditEvent): string => lineOf(columns.map(([, of]) => String(of(event) ?? '')))

/** A line of a table (RFC 4180). */
export const lineOf = (cells: readonly string[]): string => `${cells.map(cell).join(',')}\r\n`

/**
 * Every cell is quoted (RFC 4180 §2). What a spreadsheet would take for a formula, such as a client that calls itself
 * `=HYPERLINK(…)`, gets an apostrophe before it, which makes it text.
 */
const cell = (text: string): string => `"${(/^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
