import type { AuditEvent } from '../../schema/audit.ts'
import type { Export, ExportFormat } from '../../schema/exports.ts'
import { csvHead, csvLine } from '../audit/csv.ts'
import { fhirAuditEvent } from '../audit/fhir.ts'
import type { Writer } from './parts.ts'

/** How the trail is written in each format. */
export const trailWriters: Record<ExportFormat, Writer<AuditEvent>> = {
  'fhir-ndjson': { head: () => '', line: event => `${JSON.stringify(fhirAuditEvent(event))}\n` },
  csv: { head: csvHead, line: csvLine },
}

const files: Record<ExportFormat, { extension: string; type: string }> = {
  'fhir-ndjson': { extension: 'ndjson', type: 'application/fhir+ndjson' },
  csv: { extension: 'csv', type: 'text/csv; charset=utf-8' },
}

/** Where the file of an export lies, what it is, and what it is called where it is saved. */
export function fileOf({ practiceId, exportId, kind, format, from, to }: Export) {
  const { extension, type } = files[format]
  return {
    key: `exports/${practiceId}/${exportId}.${extension}`,
    type,
    name: `${kind}-${from.slice(0, 10)}-${to.slice(0, 10)}.${extension}`,
  }
}
