import * as z from 'zod'
import { gather } from '../../shared/domain/audit/gather.ts'
import { verifyTrail } from '../../shared/domain/audit/verify.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { auditDays } from '../../shared/ports/auditTrail.ts'
import { archiveReader, sealEnd, signatureReader } from '../../shared/ports/sealing.ts'
import { AuditVerification } from '../../shared/schema/audit.ts'
import { Instant } from '../../shared/schema/time.ts'

const longestMs = 31 * 86_400_000

const Period = z
  .strictObject({ from: Instant, to: Instant })
  .refine(({ from, to }) => from < to, { error: 'must be after from', path: ['to'] })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= longestMs, {
    error: 'must be at most 31 days after from',
    path: ['to'],
  })

/**
 * Verifies a period of the audit trail: signatures, hashes, chains, and the practice's records in the table against the archive.
 * What is wrong is said by the record's id and its place in its chain; what a record says is not shown.
 */
export default defineAction({
  summary: 'Verify the audit trail',
  route: 'POST /audit-verifications',
  allow: 'audit:read',
  body: Period,
  reply: { status: 200, schema: AuditVerification },
  problems: ['period-too-long'],
  audit: { action: 'E', entity: 'AuditArchive/{from}' },
  limit: 'bulk',
  timeout: 29,
  memory: 1769,
  uses: { archiveReader, auditDays, sealEnd, signatureReader },

  async handle({ body, actor, archiveReader, auditDays, sealEnd, signatureReader, now, about, fail }) {
    about({ from: body.from })
    const evidence = await gather({ ...body, practiceId: actor.practiceId }, now, {
      heads: sealEnd,
      archive: archiveReader,
      day: auditDays.wholeDay,
      checker: signatureReader.checker,
    })
    if (!evidence) return fail('period-too-long')
    const findings = verifyTrail(evidence)
    return {
      ...body,
      manifests: evidence.manifests.length,
      records: evidence.table?.length ?? 0,
      findings: findings.slice(0, 200),
      more: Math.max(0, findings.length - 200),
    }
  },
})
