import { DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Claim } from '../../../shared/schema/claims.ts'
import type { Interchange } from '../../../shared/schema/submissions.ts'
import { type Client, itemsAt, newPractice, plant, type TestPractice } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'
import {
  claimNow,
  collect,
  content,
  contentOf,
  draft,
  ownClearinghouse,
  submit,
  submitted,
  transmit,
} from './fixture.ts'

/** Knows the payer of the first and third patient, and not that of the second. */
const known = ['CASCADE1']
const clearinghouse = await ownClearinghouse(known)

describe('claims.collect', () => {
  let practice: TestPractice
  let admin: Client
  beforeAll(async () => {
    practice = await newPractice()
    admin = await practice.as('admin')
  })
  beforeEach(async () => {
    await collect()
    clearinghouse.disarm()
  })

  const kinds = async () => (await clearinghouse.waiting()).map(({ kind }) => kind)
  const sources = ({ acknowledgements }: Claim) => acknowledgements.map(({ source, outcome }) => `${source} ${outcome}`)
  async function sent(patient = 0) {
    const { claim, message } = await submitted(practice, admin, patient)
    expect(await transmit(message)).toBe(0)
    return claim
  }

  it('moves a claim to accepted by its 999 and 277CA, with the payer’s number, and audits both', async () => {
    const claim = await sent()
    expect(await kinds()).toEqual(['999', '277CA'])
    await collect()
    const accepted = await claimNow(claim)
    expect(accepted.transmission).toBe('accepted')
    expect(sources(accepted)).toEqual(['999 accepted', '277CA accepted'])
    expect(accepted.acknowledgements[1]?.codes[0]).toMatch(/^A[125]:/)
    expect(accepted.acknowledgements[1]?.payerClaimNumber).toBeTruthy()
    expect(await kinds()).toEqual([])
    const records = (await practice.trail()).filter(
      ({ name, entity }) => name === 'claims.collect' && entity.id === claim.claimId,
    )
    expect(records).toMatchObject([
      { actor: { type: 'system', id: 'claims.collect' }, verb: 'U', patientId: claim.patientId, version: 5 },
      { actor: { type: 'system', id: 'claims.collect' }, verb: 'U', patientId: claim.patientId, version: 6 },
    ])
  })

  it('says nothing of the claim in its log', async () => {
    const claim = await sent()
    const said = await outputOf(collect)
    expect(said).toContain('AcknowledgementsCollected')
    for (const secret of [claim.subscriber.memberId, claim.patient.name.family, 'ISA*', 'own-key']) {
      expect(said).not.toContain(secret)
    }
  })

  it('changes nothing by hearing it twice', async () => {
    await clearinghouse.arm({ kind: 'duplicate-acknowledgements' })
    const claim = await sent()
    expect(await kinds()).toEqual(['999', '999', '277CA', '277CA'])
    await collect()
    const accepted = await claimNow(claim)
    expect(accepted).toMatchObject({ transmission: 'accepted', version: 6 })
    expect(sources(accepted)).toEqual(['999 accepted', '277CA accepted'])
  })

  it('ends in the same state by whatever order it hears', async () => {
    await clearinghouse.arm({ kind: 'out-of-order' })
    await clearinghouse.arm({ kind: 'duplicate-acknowledgements' })
    const claim = await sent()
    expect(await kinds()).toEqual(['277CA', '277CA', '999', '999'])
    await collect()
    const accepted = await claimNow(claim)
    expect(accepted).toMatchObject({ transmission: 'accepted', version: 6 })
    expect(sources(accepted)).toEqual(['277CA accepted', '999 accepted'])
  })

  it('is heard by a claim whose sender never got its answer', async () => {
    const { claim, message } = await submitted(practice, admin)
    await clearinghouse.arm({ kind: 'unavailable' })
    await transmit(message)
    const { interchangeNumber = 0 } = await claimNow(claim)
    const key = String(interchangeNumber).padStart(9, '0')
    const [{ bytes }] = (await itemsAt(`INTERCHANGE#${key}`)) as unknown as [Interchange]
    await clearinghouse.send(key, bytes)
    await collect()
    expect(await claimNow(claim)).toMatchObject({ transmission: 'accepted' })
  })

  it('rejects a claim of an unknown payer, which is then corrected, sent anew and deaf to the old news', async () => {
    const claim = await sent(1)
    await collect()
    const rejected = await claimNow(claim)
    expect(rejected.transmission).toBe('rejected')
    expect(sources(rejected)).toEqual(['999 accepted', '277CA rejected'])
    expect(rejected.acknowledgements[1]?.codes[0]).toMatch(/^A8:153/)

    const params = { claimId: claim.claimId }
    const corrected = await admin.call('claims.update', {
      params,
      body: { version: rejected.version, content: { ...contentOf(1), diagnoses: ['F33.1'] } },
    })
    expect(corrected.body).toMatchObject({ status: 'draft', transmission: 'none' })
    const message = await submit(practice, admin, corrected.body)

    // The clearinghouse has learnt of the payer and has forgotten us: the old interchange comes to it once more, and is good.
    await clearinghouse.restart({ forgetful: true, known: [...known, 'RIVERB2'] })
    try {
      const old = rejected.interchangeNumber ?? 0
      const key = String(old).padStart(9, '0')
      const [{ bytes }] = (await itemsAt(`INTERCHANGE#${key}`)) as unknown as [Interchange]
      await clearinghouse.send(key, bytes)
      expect(await kinds()).toEqual(['999', '277CA'])
      await collect()
      expect(await kinds()).toEqual([])
      expect(await claimNow(claim)).toMatchObject({ transmission: 'queued', version: message.submission })

      await clearinghouse.arm({ kind: 'duplicate-acknowledgements' })
      expect(await transmit(message)).toBe(0)
      const again = await claimNow(claim)
      expect(again.interchangeNumber).toBeGreaterThan(old)
      await collect()
      const accepted = await claimNow(claim)
      expect(accepted).toMatchObject({ transmission: 'accepted', interchangeNumber: again.interchangeNumber })
    } finally {
      await clearinghouse.restart()
    }
  })

  it('rejects a corrected claim again for the very same reason', async () => {
    const claim = await sent(1)
    await collect()
    const rejected = await claimNow(claim)
    const { body: corrected } = await admin.call('claims.update', {
      params: { claimId: claim.claimId },
      body: { version: rejected.version, content: contentOf(1) },
    })
    expect(await transmit(await submit(practice, admin, corrected))).toBe(0)
    await collect()
    const again = await claimNow(claim)
    expect(again.transmission).toBe('rejected')
    expect(sources(again)).toEqual(['999 accepted', '277CA rejected', '999 accepted', '277CA rejected'])
    expect(again.interchangeNumber).toBeGreaterThan(rejected.interchangeNumber ?? 0)
  })

  it('acknowledges a file only when all that it says is durable', async () => {
    const claim = await sent()
    const dynamo = mockClient(DynamoDBDocumentClient)
    dynamo.send.callThrough()
    dynamo.on(TransactWriteCommand).rejects(Object.assign(new Error('no capacity'), { name: 'ThrottlingException' }))
    try {
      await expect(collect()).rejects.toThrow()
    } finally {
      dynamo.restore()
    }
    expect(await kinds()).toEqual(['999', '277CA'])
    expect(await claimNow(claim)).toMatchObject({ transmission: 'sent', acknowledgements: [] })
    await collect()
    expect(await kinds()).toEqual([])
    expect(await claimNow(claim)).toMatchObject({ transmission: 'accepted' })
  })

  it('changes nothing by files that come again after all was heard', async () => {
    const claim = await sent()
    await collect()
    const before = await claimNow(claim)
    const key = String(before.interchangeNumber).padStart(9, '0')
    const [{ bytes }] = (await itemsAt(`INTERCHANGE#${key}`)) as unknown as [Interchange]
    await clearinghouse.restart({ forgetful: true })
    try {
      await clearinghouse.send(key, bytes)
      expect(await kinds()).toEqual(['999', '277CA'])
      await collect()
      expect(await kinds()).toEqual([])
      expect(await claimNow(claim)).toEqual(before)
    } finally {
      await clearinghouse.restart()
    }
  })

  it('lets no file hold up the others: it stays, and the run fails', async () => {
    const broken = await sent()
    const whole = await sent()
    const [item] = await itemsAt(`CLAIM#${broken.practiceId}#${broken.claimId}`)
    await plant({ ...item, total: 'much' })
    await expect(collect()).rejects.toThrow()
    expect(await claimNow(whole)).toMatchObject({ transmission: 'accepted' })
    expect(await kinds()).toEqual(['999', '277CA'])
    await plant(item as Record<string, unknown>)
    await collect()
    expect(await claimNow(broken)).toMatchObject({ transmission: 'accepted' })
  })

  it('fails when the clearinghouse does not answer, and goes on in its next run', async () => {
    const claim = await sent()
    await clearinghouse.arm({ kind: 'unavailable', at: 'inbound' })
    await expect(collect()).rejects.toThrow(/503/)
    expect(await claimNow(claim)).toMatchObject({ transmission: 'sent' })
    await collect()
    expect(await claimNow(claim)).toMatchObject({ transmission: 'accepted' })
  })

  it('passes over news of what is not ours, and counts it', async () => {
    const claim = await sent()
    await collect()
    const { interchangeNumber = 0 } = await claimNow(claim)
    const key = String(interchangeNumber).padStart(9, '0')
    const [{ bytes }] = (await itemsAt(`INTERCHANGE#${key}`)) as unknown as [Interchange]
    const strangers = bytes.replaceAll(key, '999999998').replaceAll(`*${interchangeNumber}*`, '*999999998*')
    expect(await clearinghouse.send('999999998', strangers)).toBe(202)
    const said = await outputOf(collect)
    expect(said).toContain('AcknowledgementsUnmatched')
    expect(await kinds()).toEqual([])
  })

  it('leaves a draft alone', async () => {
    const claim = await draft(practice, admin)
    await collect()
    expect(await claimNow(claim)).toMatchObject({ version: 1, content: { diagnoses: content.diagnoses } })
  })
})
