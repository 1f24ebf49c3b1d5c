import { DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Binding } from '../../shared/kernel/port.ts'
import { Problem } from '../../shared/kernel/problem.ts'
import type { Write } from '../../shared/kernel/write.ts'
import { journal } from '../../shared/store/journal.ts'
import { patientEntity, patients } from '../../shared/store/patients.ts'
import { auditEvent } from '../harness/auditEvent.ts'
import { itemsAt, newPractice, type TestPractice } from '../harness/index.ts'

describe('a commit', () => {
  let practice: TestPractice
  let binding: Binding
  beforeAll(async () => {
    practice = await newPractice()
    const { practiceId } = practice.practice
    const actor = { type: 'system', id: 'test', practiceId } as const
    binding = { actor, practiceId, now: new Date().toJSON(), signal: AbortSignal.timeout(100_000) }
  })

  const event = (requestId = 'test') => auditEvent(practice.practice.practiceId, { requestId })
  const commit = (writes: Write[], requestId?: string) => journal(binding).commit(writes, event(requestId))
  const codeOf = (done: Promise<unknown>): Promise<string> =>
    done.then(
      () => 'done',
      (error: unknown) => (error instanceof Problem ? error.code : `fault ${(error as Error).name}`),
    )
  const patient = async (index = 0) => {
    const found = await patients(binding).find(practice.patients[index]!.patientId)
    return found!
  }
  const recorded = async (requestId: string) =>
    (await practice.trail()).filter(record => record.requestId === requestId).length

  it('writes its changes and its record together', async () => {
    const before = await patient()
    await commit([patientEntity.replace(before, { phone: '5035550199' })], 'together')
    expect(await patient()).toMatchObject({ phone: '5035550199', version: before.version + 1 })
    expect(await recorded('together')).toBe(1)
  })

  it('writes nothing at all, no record either, when one of its conditions fails', async () => {
    const [one, other] = [await patient(0), await patient(1)]
    const stale = { ...other, version: other.version + 1 }
    const writes = [
      patientEntity.replace(one, { phone: '5035550111' }),
      patientEntity.replace(stale, { phone: '5035550112' }),
    ]
    expect(await codeOf(commit(writes, 'half'))).toBe('conflict')
    expect(await patient(0)).toEqual(one)
    expect(await patient(1)).toEqual(other)
    expect(await recorded('half')).toBe(0)
  })

  it('answers the problem of the condition that failed, not of another', async () => {
    const one = await patient()
    const stale = { ...one, version: 99 }
    const fine = patients(binding).mustExist(practice.patients[2]!.patientId)
    expect(await codeOf(commit([fine, patientEntity.replace(stale, {}, 'claim-not-draft')]))).toBe('claim-not-draft')
    const { patientId, practiceId, createdAt, updatedAt, version, ...details } = one
    expect(await codeOf(commit([patients(binding).register(patientId, details)]))).toBe('conflict')
    expect(await codeOf(commit([patients(binding).mustExist('pat_00000000000000000000' as never)]))).toBe(
      'patient-not-found',
    )
    expect({ practiceId, createdAt, updatedAt, version }).toMatchObject({ practiceId: one.practiceId })
  })

  it('of one version succeeds once, however many try at once, for every way to change it', async () => {
    for (const change of [
      (read: Awaited<ReturnType<typeof patient>>, index: number) =>
        patientEntity.replace(read, { phone: `50355501${String(index).padStart(2, '0')}` }),
      (read: Awaited<ReturnType<typeof patient>>) => patientEntity.remove(read),
    ]) {
      const read = await patient(2)
      const codes = await Promise.all(Array.from({ length: 20 }, (_, index) => codeOf(commit([change(read, index)]))))
      expect(codes.filter(code => code === 'done')).toHaveLength(1)
      expect(codes.filter(code => code === 'conflict')).toHaveLength(19)
    }
    expect(await patients(binding).find(practice.patients[2]!.patientId)).toBeUndefined()
  })

  it('that only checks a version fails when it has changed', async () => {
    const read = await patient(0)
    expect(await codeOf(commit([patientEntity.unchanged(read)]))).toBe('done')
    await commit([patientEntity.replace(read, {})])
    expect(await codeOf(commit([patientEntity.unchanged(read, 'credentials-refused')]))).toBe('credentials-refused')
  })

  it('gives every version a record of its own', async () => {
    for (let count = 0; count < 3; count++) await commit([patientEntity.replace(await patient(1), {})], 'versions')
    expect(await recorded('versions')).toBe(3)
  })

  describe('that the table refuses', () => {
    /** Answers a transaction with a fault, so many times. */
    async function spoiled(
      fault: Error,
      times: number,
      work: () => Promise<string>,
    ): Promise<{ code: string; calls: number }> {
      const dynamo = mockClient(DynamoDBDocumentClient)
      try {
        for (let count = 0; count < times; count++) dynamo.on(TransactWriteCommand).rejectsOnce(fault)
        dynamo.on(TransactWriteCommand).rejects(fault)
        const code = await work()
        return { code, calls: dynamo.commandCalls(TransactWriteCommand).length }
      } finally {
        dynamo.restore()
      }
    }
    const cancelled = (...codes: string[]) =>
      Object.assign(new Error('cancelled'), {
        name: 'TransactionCanceledException',
        CancellationReasons: codes.map(Code => ({ Code })),
      })

    it('because it met another is tried four times, then is a conflict', async () => {
      const fault = cancelled('TransactionConflict', 'None')
      expect(await spoiled(fault, 0, () => codeOf(commit([])))).toEqual({ code: 'conflict', calls: 4 })
    })

    it('because a condition failed is not tried again', async () => {
      const read = await patient(0)
      const fault = cancelled('ConditionalCheckFailed', 'TransactionConflict')
      const write = patientEntity.replace(read, {}, 'slot-taken')
      expect(await spoiled(fault, 0, () => codeOf(commit([write])))).toEqual({ code: 'slot-taken', calls: 1 })
    })

    it.each(['ThrottlingException', 'ProvisionedThroughputExceededException', 'TransactionInProgressException'])(
      'with %s is unavailable, for a second',
      async name => {
        const fault = Object.assign(new Error('busy'), { name })
        const found = await spoiled(fault, 0, () => codeOf(commit([])))
        expect(found.code).toBe('unavailable')
      },
    )

    it('for lack of capacity inside a transaction is unavailable', async () => {
      expect((await spoiled(cancelled('ThrottlingError'), 0, () => codeOf(commit([])))).code).toBe('unavailable')
    })

    it('for a fault of ours is no problem that a client is told of', async () => {
      const fault = Object.assign(new Error('who?'), { name: 'AccessDeniedException' })
      expect((await spoiled(fault, 0, () => codeOf(commit([])))).code).toBe('fault AccessDeniedException')
    })
  })

  it('is durable when it returns', async () => {
    const before = await patient(0)
    await commit([patientEntity.replace(before, { phone: '5035550123' })])
    const [item] = await itemsAt(`PATIENT#${before.practiceId}#${before.patientId}`)
    expect(item).toMatchObject({ phone: '5035550123', version: before.version + 1 })
  })
})
