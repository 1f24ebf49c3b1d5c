import * as z from 'zod'
import { dutiesOf, endOf } from '../../shared/domain/retention.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { erasureRecord } from '../../shared/ports/erasures.ts'
import { holdings } from '../../shared/ports/holdings.ts'
import { holdCheck } from '../../shared/ports/holds.ts'
import { retention } from '../../shared/ports/retention.ts'
import { Erasure, ErasureDecision } from '../../shared/schema/erasures.ts'
import { ErasureId, PatientId } from '../../shared/schema/ids.ts'

/**
 * Grants a request, for the day on which nothing must be kept any more, or refuses it because something must be. The answer tells the
 * patient what, until when and why. Without a duty and a hold it cannot be refused.
 */
export default defineAction({
  summary: 'Decide an erasure',
  route: 'PUT /patients/{patientId}/erasures/{erasureId}/decision',
  allow: 'erasure:decide',
  params: z.strictObject({ patientId: PatientId, erasureId: ErasureId }),
  body: ErasureDecision,
  reply: { status: 200, schema: Erasure },
  problems: ['erasure-not-found', 'already-decided', 'nothing-must-be-kept'],
  audit: { action: 'U', entity: 'Erasure/{erasureId}' },
  limit: 'write',
  timeout: 10,
  stepUp: true,
  uses: { erasureRecord, holdCheck, holdings, retention },

  async handle({ params, body, actor, erasureRecord, holdCheck, holdings, retention, now, commit, fail }) {
    const { patientId, erasureId } = params
    const [erasure, { patient, dates }, policy, hold] = await Promise.all([
      erasureRecord.find(patientId, erasureId),
      holdings.of(patientId),
      retention.mine(),
      holdCheck.standing(patientId),
    ])
    if (!erasure || !patient) return fail('erasure-not-found')
    if (erasure.status !== 'requested') return fail('already-decided')
    const today = now.slice(0, 10)
    const duties = dutiesOf(dates, patient, policy?.years, today)
    if (body.outcome === 'refused' && duties.length === 0 && !hold) return fail('nothing-must-be-kept')
    const decision = {
      note: body.note,
      decidedBy: actor.userId,
      decidedAt: now,
      duties,
      legalHold: hold !== undefined,
    }
    const version = erasure.version + 1
    if (body.outcome === 'refused') {
      await commit(erasureRecord.refuse(erasure, decision))
      return { ...erasure, status: 'refused' as const, decision, version }
    }
    const eraseOn = endOf(duties) ?? today
    await commit(erasureRecord.grant(erasure, decision, eraseOn))
    return { ...erasure, status: 'granted' as const, decision, eraseOn, version }
  },
})
