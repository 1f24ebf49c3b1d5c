import { type Export, ExportView } from '../../schema/exports.ts'

/** What is shown of an export: not how it is written. */
export const exportView = (job: Export): ExportView => ExportView.strip().parse(job)

/** An export is the business of whoever ordered it, and of who may order the same. A file that is over is nobody's. */
export const isOver = ({ expiresAt }: Export, now: string): boolean => expiresAt <= now
