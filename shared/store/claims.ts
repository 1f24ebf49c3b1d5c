import type { Binding } from '../kernel/port.ts'
import { type Acknowledgement, Claim, type ClaimContent, type TransmissionState } from '../schema/claims.ts'
import type { ClaimId, PatientId, PracticeId } from '../schema/ids.ts'
import { entity } from './entity.ts'
import { practiceOf } from './practice.ts'
import { getItem, type Page } from './read.ts'
import { visible, visibleRun } from './visible.ts'

export const claimEntity = entity<Claim>({
  name: 'Claim',
  schema: Claim,
  id: claim => claim.claimId,
  patientId: claim => claim.patientId,
  keys: claim => ({
    ...claimKey(claim.practiceId, claim.claimId),
    gsi1pk: `CLAIM#${claim.practiceId}#STATE#${claim.transmission}`,
    gsi1sk: claim.updatedAt,
    gsi3pk: `CLAIM#${claim.practiceId}#PATIENT#${claim.patientId}`,
    gsi3sk: claim.claimId,
  }),
  open: [
    'claimId',
    'practiceId',
    'patientId',
    'appointmentId',
    'status',
    'transmission',
    'interchangeNumber',
    'updatedAt',
    'version',
  ],
})

const claimKey = (practiceId: PracticeId, claimId: ClaimId) => ({ pk: `CLAIM#${practiceId}#${claimId}`, sk: 'CLAIM' })

export const claims = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  const { now } = binding
  const list = (
    run: { index: 'gsi1' | 'gsi3'; pk: string; limit: number; cursor?: string | undefined },
    patientId?: PatientId,
  ): Promise<Page<Claim>> => {
    const what = { work: 'payment', parse: claimEntity.parse, ...(patientId && { patientId }) } as const
    return visibleRun(binding, { ...run, newestFirst: true }, what)
  }

  return {
    draft: (
      claim: Omit<
        Claim,
        | 'practiceId'
        | 'status'
        | 'frequency'
        | 'transmission'
        | 'acknowledgements'
        | 'createdAt'
        | 'updatedAt'
        | 'version'
      >,
    ) => {
      const draft: Claim = {
        ...claim,
        practiceId,
        status: 'draft',
        frequency: '1',
        transmission: 'none',
        acknowledgements: [],
        createdAt: now,
        updatedAt: now,
        version: 1,
      }
      return { draft, write: claimEntity.create(draft) }
    },

    /** A corrected claim is a draft again: it was never adjudicated, so it goes out as an original. */
    correct: (claim: Claim, content: ClaimContent, total: number) =>
      claimEntity.replace(claim, {
        content,
        total,
        status: 'draft',
        transmission: 'none',
        interchangeNumber: undefined,
        updatedAt: now,
      }),

    /** From here the claim is on its way: of two that try, one finds it changed. */
    activate: (claim: Claim) =>
      claimEntity.replace(claim, { status: 'active', transmission: 'queued', updatedAt: now }, 'claim-not-draft'),

    /** From here acknowledgements of that interchange, and of no other, are about this claim. */
    leaving: (claim: Claim, interchangeNumber: number) =>
      claimEntity.replace(claim, { transmission: 'sending', interchangeNumber, updatedAt: now }),

    moved: (claim: Claim, transmission: TransmissionState) =>
      claimEntity.replace(claim, { transmission, updatedAt: now }),

    acknowledge: (claim: Claim, acknowledgement: Acknowledgement, transmission: TransmissionState) =>
      claimEntity.replace(claim, {
        acknowledgements: [...claim.acknowledgements, acknowledgement].slice(-20),
        transmission,
        updatedAt: now,
      }),

    find: (claimId: ClaimId): Promise<Claim | undefined> =>
      visible(
        binding,
        'payment',
        getItem(claimKey(practiceId, claimId), binding).then(item => item && claimEntity.parse(item)),
      ),

    inState: (state: TransmissionState, limit: number, cursor?: string) =>
      list({ index: 'gsi1', pk: `CLAIM#${practiceId}#STATE#${state}`, limit, cursor }),
    ofPatient: (patientId: PatientId, limit: number, cursor?: string) =>
      list({ index: 'gsi3', pk: `CLAIM#${practiceId}#PATIENT#${patientId}`, limit, cursor }, patientId),
  }
}

/** Claims of a practice that only a message names: for the worker that reads what the clearinghouse sends. */
export const claimsOfAnyPractice = (binding: Binding) => (practiceId: PracticeId) => claims({ ...binding, practiceId })
