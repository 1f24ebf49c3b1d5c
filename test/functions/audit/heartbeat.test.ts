import { describe, expect, it } from 'vitest'
import { verifyTrail } from '../../../shared/domain/audit/verify.ts'
import { seals } from '../../../shared/store/seals.ts'
import { work } from '../../harness/index.ts'
import { evidenceAfter, sampleEvent } from './archive.ts'

describe('audit.heartbeat', () => {
  it('signs that nothing was added', async () => {
    const { sequence } = await seals({ signal: AbortSignal.timeout(10_000) }).head()
    await work('audit.heartbeat', sampleEvent('heartbeat'))
    const evidence = await evidenceAfter(sequence)
    expect(evidence.manifests[0]?.sealed?.manifest).toMatchObject({ sequence: sequence + 1, count: 0 })
    expect(verifyTrail(evidence)).toEqual([])
  })
})
