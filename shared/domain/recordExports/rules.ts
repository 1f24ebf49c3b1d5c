import type { Role } from '../../schema/identity.ts'
import { type Audience, type RecordExport, RecordExportView } from '../../schema/recordExports.ts'

/** Copies of a record in a day, of each audience. */
export const dailyCopies = 3

/** After a day what is still not written is no hindrance to another order. */
const stuckMs = 86_400_000

/** Whom a copy is for: whoever orders it. */
export const audienceOf = ({ role }: { role: Role }): Audience => (role === 'patient' ? 'patient' : 'practice')

export const isUnderWay = ({ state, createdAt }: RecordExport, now: string): boolean =>
  (state === 'queued' || state === 'running') && Date.parse(now) - Date.parse(createdAt) < stuckMs

/** A copy whose time is over is nobody's. */
export const isGone = ({ expiresAt }: RecordExport, now: string): boolean => expiresAt <= now

export const recordExportView = (job: RecordExport) => RecordExportView.strip().parse(job)
