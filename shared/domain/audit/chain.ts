import type { AuditEvent, AuditRecord } from '../../schema/audit.ts'
import { digestOf } from './canonical.ts'

/** The end of a chain: where the next record goes. */
export interface ChainHead {
  readonly chain: string
  readonly sequence: number
  readonly previous?: string | undefined
}

/** An event as the record that follows a head, and the head that then stands. */
export function linked(head: ChainHead, event: AuditEvent): { record: AuditRecord; next: ChainHead } {
  const { chain, sequence, previous } = head
  const body = { ...event, chain, sequence, ...(previous && { previous }) }
  const record = { ...body, hash: digestOf(body) }
  return { record, next: { chain, sequence: sequence + 1, previous: record.hash } }
}

/** Whether a record says of itself what it was when it was written. */
export function isWhole({ hash, ...body }: AuditRecord): boolean {
  return digestOf(body) === hash
}
