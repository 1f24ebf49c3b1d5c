import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Claim } from '../../../shared/schema/claims.ts'
import type { Interchange, Submission } from '../../../shared/schema/submissions.ts'
import { at } from '../../harness/clock.ts'
import {
  type Client,
  itemsAt,
  newPractice,
  place,
  sqsEvent,
  type TestPractice,
  table,
  work,
} from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'
import {
  claimNow,
  collect,
  content,
  contentOf,
  outboxOf,
  ownClearinghouse,
  submit,
  submitted,
  transmit,
} from './fixture.ts'

/** Knows the payer of the first patient, and not that of the second. */
const clearinghouse = await ownClearinghouse(['CASCADE1'])

describe('claims.transmit', () => {
  let practice: TestPractice
  let admin: Client
  beforeAll(async () => {
    practice = await newPractice()
    admin = await practice.as('admin')
  })
  beforeEach(() => clearinghouse.disarm())

  /** When the lease of whoever took a submission now is over, and the queue shows its message again. */
  const later = <T>(work: () => Promise<T>) => at(Date.now() + 36_000, work)
  const interchangeOf = async (number: number | undefined) =>
    (await itemsAt(`INTERCHANGE#${String(number).padStart(9, '0')}`))[0] as unknown as Interchange
  /** The submission as the one who has it left it. */
  const left = async (claim: Claim) => (await outboxOf(claim))[0] as unknown as Submission
  const isSentOnce = async (claim: Claim) => {
    const now = await claimNow(claim)
    expect(now.transmission).toBe('sent')
    expect(await outboxOf(claim)).toEqual([])
    expect(await clearinghouse.arrivals(now.interchangeNumber ?? 0)).toBe(1)
    return now
  }

  it('sends the claim, keeps the bytes, empties the outbox and audits each step', async () => {
    const { claim, message } = await submitted(practice, admin)
    expect(await transmit(message)).toBe(0)
    const sent = await isSentOnce(claim)
    const { bytes, ...kept } = await interchangeOf(sent.interchangeNumber)
    expect(kept).toMatchObject({ practiceId: claim.practiceId, claimId: claim.claimId })
    expect(bytes).toMatch(/^ISA\*/)
    expect(bytes).toContain(`CLM*${claim.claimId.slice('clm_'.length)}*175*`)
    const records = (await practice.trail()).filter(
      ({ name, entity }) => name === 'claims.transmit' && entity.id === claim.claimId,
    )
    expect(
      records.map(({ actor, verb, outcome, version, patientId }) => [actor, verb, outcome, version, patientId]),
    ).toEqual([
      [{ type: 'system', id: 'claims.transmit' }, 'E', 'success', expect.anything(), claim.patientId],
      [{ type: 'system', id: 'claims.transmit' }, 'E', 'success', 4, claim.patientId],
    ])
  })

  it('says nothing of the claim in its log', async () => {
    const { claim, message } = await submitted(practice, admin)
    const said = await outputOf(() => transmit(message))
    expect(said).toContain('claims.transmit')
    for (const secret of [claim.subscriber.memberId, claim.patient.name.family, 'F41', 'ISA*', 'own-key']) {
      expect(said).not.toContain(secret)
    }
  })

  it('gives each interchange a number of its own', async () => {
    const pairs = await Promise.all(Array.from({ length: 5 }, () => submitted(practice, admin)))
    await Promise.all(pairs.map(({ message }) => transmit(message)))
    const numbers = await Promise.all(pairs.map(async ({ claim }) => (await isSentOnce(claim)).interchangeNumber))
    expect(new Set(numbers).size).toBe(5)
  })

  it('sends once when the message comes many times, at once and afterwards', async () => {
    const { claim, message } = await submitted(practice, admin)
    const failures = await Promise.all(Array.from({ length: 6 }, () => transmit(message, message)))
    expect(failures.every(count => count === 0)).toBe(true)
    const { interchangeNumber } = await isSentOnce(claim)
    expect(await transmit(message)).toBe(0)
    expect((await isSentOnce(claim)).interchangeNumber).toBe(interchangeNumber)
  })

  it('asks first when an answer never came, and does not send what has arrived', async () => {
    const { claim, message } = await submitted(practice, admin)
    await clearinghouse.arm({ kind: 'accept-then-timeout' })
    const { batchItemFailures } = await work('claims.transmit', sqsEvent(message), 2_500)
    expect(batchItemFailures).toHaveLength(1)
    const { state, interchangeNumber } = await left(claim)
    expect(state).toBe('sending')
    expect(await clearinghouse.arrivals(interchangeNumber ?? 0)).toBe(1)

    expect(await transmit(message)).toBe(0)
    expect(await left(claim), 'another worker must leave it alone until the lease is over').toMatchObject({
      attempts: 1,
    })

    // Would spoil a second submission, if there were one.
    await clearinghouse.arm({ kind: 'unavailable' })
    expect(await later(() => transmit(message))).toBe(0)
    expect((await isSentOnce(claim)).interchangeNumber).toBe(interchangeNumber)
    expect(clearinghouse.armed()).toHaveLength(1)
  })

  it('gives it back at once after 429, and sends the same bytes next time', async () => {
    const { claim, message } = await submitted(practice, admin)
    await clearinghouse.arm({ kind: 'rate-limit' })
    expect(await transmit(message)).toBe(1)
    const { state, interchangeNumber } = await left(claim)
    expect(state).toBe('pending')
    expect(await claimNow(claim)).toMatchObject({ transmission: 'sending', interchangeNumber })
    const { bytes } = await interchangeOf(interchangeNumber)
    expect(await transmit(message)).toBe(0)
    expect((await isSentOnce(claim)).interchangeNumber).toBe(interchangeNumber)
    expect((await interchangeOf(interchangeNumber)).bytes).toBe(bytes)
  })

  it('keeps it for the lease after 503, since it may have arrived, then asks and sends', async () => {
    const { claim, message } = await submitted(practice, admin)
    await clearinghouse.arm({ kind: 'unavailable' })
    expect(await transmit(message)).toBe(1)
    const { state, interchangeNumber } = await left(claim)
    expect(state).toBe('sending')
    expect(await clearinghouse.arrivals(interchangeNumber ?? 0)).toBe(0)
    expect(await later(() => transmit(message))).toBe(0)
    expect((await isSentOnce(claim)).interchangeNumber).toBe(interchangeNumber)
  })

  it('sends nothing while it cannot ask', async () => {
    const { claim, message } = await submitted(practice, admin)
    await clearinghouse.arm({ kind: 'unavailable' })
    await transmit(message)
    await clearinghouse.arm({ kind: 'unavailable', at: 'find' })
    expect(await later(() => transmit(message))).toBe(1)
    const { interchangeNumber } = await left(claim)
    expect(await clearinghouse.arrivals(interchangeNumber ?? 0)).toBe(0)
    expect(await at(Date.now() + 80_000, () => transmit(message))).toBe(0)
    await isSentOnce(claim)
  })

  it('gives it back when nobody answers the door', async () => {
    const { claim, message } = await submitted(practice, admin)
    await clearinghouse.stop()
    try {
      expect(await transmit(message)).toBe(1)
    } finally {
      await clearinghouse.restart()
    }
    expect(await left(claim)).toMatchObject({ state: 'pending' })
    expect(await transmit(message)).toBe(0)
    await isSentOnce(claim)
  })

  describe('after a sender that was killed', () => {
    /** A submission whose sender kept the bytes and went no further. */
    async function killed() {
      const { claim, message } = await submitted(practice, admin)
      await clearinghouse.arm({ kind: 'unavailable' })
      await transmit(message)
      const { interchangeNumber = 0 } = await left(claim)
      await table.send(
        new UpdateCommand({
          TableName: place.environment.TABLE_NAME,
          Key: { pk: `OUTBOX#${claim.practiceId}#${claim.claimId}`, sk: `SUBMISSION#${message.submission}` },
          UpdateExpression: 'SET leaseUntil = :past',
          ExpressionAttributeValues: { ':past': new Date(Date.now() - 1_000).toJSON() },
        }),
      )
      return { claim, message, interchangeNumber }
    }

    it('before sending: the kept bytes go out under the kept number', async () => {
      const { claim, message, interchangeNumber } = await killed()
      expect(await transmit(message)).toBe(0)
      expect((await isSentOnce(claim)).interchangeNumber).toBe(interchangeNumber)
    })

    it('after sending: what arrived is noted, and nothing goes out', async () => {
      const { claim, message, interchangeNumber } = await killed()
      const { bytes } = await interchangeOf(interchangeNumber)
      expect(await clearinghouse.send(String(interchangeNumber).padStart(9, '0'), bytes)).toBe(202)
      await clearinghouse.arm({ kind: 'unavailable' })
      expect(await transmit(message)).toBe(0)
      expect((await isSentOnce(claim)).interchangeNumber).toBe(interchangeNumber)
      expect(clearinghouse.armed()).toHaveLength(1)
    })

    it('with two who come after: one of them has it', async () => {
      const { claim, message, interchangeNumber } = await killed()
      await Promise.all([transmit(message), transmit(message), transmit(message)])
      expect((await isSentOnce(claim)).interchangeNumber).toBe(interchangeNumber)
    })

    it('before numbering: the next takes a number and sends', async () => {
      const { claim, message } = await submitted(practice, admin)
      await table.send(
        new UpdateCommand({
          TableName: place.environment.TABLE_NAME,
          Key: { pk: `OUTBOX#${claim.practiceId}#${claim.claimId}`, sk: `SUBMISSION#${message.submission}` },
          UpdateExpression: 'SET #state = :sending, leaseUntil = :past ADD attempts :one, version :one',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':sending': 'sending', ':past': '2026-01-01T00:00:00.000Z', ':one': 1 },
        }),
      )
      expect(await transmit(message)).toBe(0)
      await isSentOnce(claim)
    })

    it('and refused: the claim is rejected and can be corrected', async () => {
      const { claim, message, interchangeNumber } = await killed()
      // The number was used with other bytes: the clearinghouse will not take ours under it.
      const { bytes } = await interchangeOf(interchangeNumber)
      const others = bytes.replaceAll(String(interchangeNumber).padStart(9, '0'), '999999999')
      expect(await clearinghouse.send(String(interchangeNumber).padStart(9, '0'), others)).toBe(202)
      expect(await transmit(message)).toBe(0)
      const rejected = await claimNow(claim)
      expect(rejected.transmission).toBe('rejected')
      expect(await outboxOf(claim)).toEqual([])
      const params = { claimId: claim.claimId }
      const { body } = await admin.call('claims.update', { params, body: { version: rejected.version, content } })
      expect(body).toMatchObject({ status: 'draft', transmission: 'none' })
    })
  })

  it('leaves a claim alone that was rejected and corrected while its sender was away', async () => {
    const { claim, message } = await submitted(practice, admin, 1)
    await clearinghouse.arm({ kind: 'accept-then-timeout' })
    await work('claims.transmit', sqsEvent(message), 2_500)
    await collect()
    const rejected = await claimNow(claim)
    expect(rejected.transmission).toBe('rejected')
    const { body: corrected } = await admin.call('claims.update', {
      params: { claimId: claim.claimId },
      body: { version: rejected.version, content: contentOf(1) },
    })
    expect(await later(() => transmit(message))).toBe(0)
    expect(await claimNow(claim)).toMatchObject({ status: 'draft', transmission: 'none', version: corrected.version })
    expect(await outboxOf(claim)).toEqual([])

    const next = await submit(practice, admin, corrected)
    expect(await transmit(next)).toBe(0)
    const { interchangeNumber } = await isSentOnce(claim)
    expect(interchangeNumber).toBeGreaterThan(rejected.interchangeNumber ?? 0)
  })

  it('reports what is no message, and goes on with the next', async () => {
    const { claim, message } = await submitted(practice, admin)
    const answer = await work('claims.transmit', {
      Records: [
        { messageId: 'not-json', body: 'hello' },
        { messageId: 'no-ids', body: '{}' },
        { messageId: 'good', body: JSON.stringify(message) },
      ],
    })
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: 'not-json' }, { itemIdentifier: 'no-ids' }])
    await isSentOnce(claim)
  })

  it('has nothing to do for a submission that is not there', async () => {
    const { practiceId } = practice.practice
    expect(await transmit({ practiceId, claimId: 'clm_00000000000000000000', submission: 1 })).toBe(0)
  })
})
