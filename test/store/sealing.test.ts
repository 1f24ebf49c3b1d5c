import { BatchGetCommand, DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Binding } from '../../shared/kernel/port.ts'
import { idsAt } from '../../shared/kernel/random.ts'
import type { Write } from '../../shared/kernel/write.ts'
import type { Patient } from '../../shared/schema/patients.ts'
import { claims } from '../../shared/store/claims.ts'
import { coverages } from '../../shared/store/coverages.ts'
import { disclosures } from '../../shared/store/disclosures.ts'
import { holdings } from '../../shared/store/holdings.ts'
import { journal } from '../../shared/store/journal.ts'
import { patientEntity, patients } from '../../shared/store/patients.ts'
import { forgetRecordKeys, opened } from '../../shared/store/sealing.ts'
import { draft } from '../functions/claims/fixture.ts'
import { auditEvent } from '../harness/auditEvent.ts'
import {
  type Client,
  itemsLike,
  newPractice,
  place,
  plant,
  storedItemsLike,
  type TestPractice,
  table,
} from '../harness/index.ts'

let practice: TestPractice
let admin: Client
let binding: Binding
beforeAll(async () => {
  practice = await newPractice()
  admin = await practice.as('admin')
  const { practiceId } = practice.practice
  const actor = { type: 'system', id: 'test', practiceId } as const
  binding = { actor, practiceId, now: new Date().toJSON(), signal: AbortSignal.timeout(100_000) }
})
afterEach(() => vi.restoreAllMocks())

/** Writes as an action would, with a record. */
const commit = (...writes: Write[]) => journal(binding).commit(writes, auditEvent(practice.practice.practiceId))

const disclosure = {
  disclosedAt: new Date().toJSON(),
  recipient: { name: 'Beaverton Court' },
  purpose: 'A subpoena',
  what: 'Everything',
  legalBasis: 'required-by-law',
} as const

const keyOf = ({ practiceId, patientId }: Pick<Patient, 'practiceId' | 'patientId'>) => ({
  TableName: place.environment.KEYS_TABLE_NAME,
  Key: { pk: `KEY#${practiceId}#${patientId}`, sk: 'KEY' },
})

/** Destroys the key of a patient past all code of ours. */
async function destroy(patient: Patient) {
  await table.send(new DeleteCommand(keyOf(patient)))
  forgetRecordKeys()
}

/** How often keys are asked for. */
function countFetches() {
  const sent = vi.spyOn(DynamoDBDocumentClient.prototype, 'send')
  return () =>
    sent.mock.calls
      .map(([command]) => command)
      .filter(command => command instanceof BatchGetCommand)
      .flatMap(({ input }) => Object.entries(input.RequestItems ?? {}))
      .filter(([name]) => name === place.environment.KEYS_TABLE_NAME)
      .map(([, { Keys }]) => Keys?.length)
}

describe('a record', () => {
  it.each(['PATIENT#', 'COVERAGE#', 'CLAIM#', 'DISCLOSURE#', 'AMENDMENT#', 'BREAKGLASS#', 'INTERCHANGE#'])(
    'of %s names in its item whose it is, and nothing that is told of them',
    async prefix => {
      const { patientId } = practice.patients[0]!
      if (prefix === 'CLAIM#') await draft(practice, admin)
      if (prefix === 'DISCLOSURE#') {
        expect((await admin.call('disclosures.record', { params: { patientId }, body: disclosure })).status).toBe(201)
      }
      const stored = await storedItemsLike(prefix)
      const told = await itemsLike(prefix)
      for (const [index, item] of stored.entries()) {
        expect(item.box).toBeInstanceOf(Uint8Array)
        const closed = Object.keys(told[index] ?? {}).filter(name => !(name in item))
        expect(closed.length, JSON.stringify(Object.keys(item))).toBeGreaterThan(0)
        for (const name of ['name', 'birthDate', 'content', 'bytes', 'what', 'reason', 'statement', 'memberId']) {
          expect(item).not.toHaveProperty(name)
        }
      }
    },
  )

  it('is found by its stores as it was written', async () => {
    const { claimId } = await draft(practice, admin)
    const claim = await claims(binding).find(claimId)
    expect(claim?.content.lines.length).toBeGreaterThan(0)
    const { items } = await patients(binding).list(10)
    expect(items.map(({ name }) => name)).toEqual(expect.arrayContaining(practice.patients.map(({ name }) => name)))
  })

  it('does not open in the place of another', async () => {
    const [one, other] = practice.patients
    const items = await storedItemsLike(`PATIENT#${one!.practiceId}#`)
    const [first, second] = [one, other].map(patient => items.find(({ patientId }) => patientId === patient!.patientId))
    await expect(opened([{ ...first, box: second?.box }])).rejects.toThrow()
    await expect(opened([{ ...first, version: 2 }])).rejects.toThrow()
    await expect(opened([{ ...first, patientId: second?.patientId }])).rejects.toThrow()
  })

  it('opens with a wrapped key of its own patient alone', async () => {
    const [one, other] = practice.patients
    const { Item } = await table.send(new GetCommand(keyOf(one!)))
    const { Item: theirs } = await table.send(new GetCommand(keyOf(other!)))
    const put = (wrapped: unknown) =>
      table.send(
        new PutCommand({ TableName: place.environment.KEYS_TABLE_NAME, Item: { ...keyOf(one!).Key, wrapped } }),
      )
    await put(theirs?.wrapped)
    forgetRecordKeys()
    await expect(patients(binding).find(one!.patientId)).rejects.toThrow()
    await put(Item?.wrapped)
    expect(await patients(binding).find(one!.patientId)).toMatchObject({ name: one!.name })
  })
})

describe('keys', () => {
  it('are asked for once, however many requests want them, and together with what they open', async () => {
    const fetches = countFetches()
    forgetRecordKeys()
    const { patientId } = practice.patients[0]!
    await Promise.all(Array.from({ length: 20 }, () => patients(binding).find(patientId)))
    await patients(binding).find(patientId)
    expect(fetches()).toEqual([1])
  })

  it('of a whole page are asked for at once', async () => {
    const fetches = countFetches()
    forgetRecordKeys()
    await patients(binding).list(10)
    expect(fetches()).toEqual([practice.patients.length])
  })

  it('that could not be had fail what waits for them, and are asked for again', async () => {
    const { patientId } = practice.patients[0]!
    const { send } = DynamoDBDocumentClient.prototype
    forgetRecordKeys()
    vi.spyOn(DynamoDBDocumentClient.prototype, 'send').mockImplementation(function (this: never, ...args: never[]) {
      const [command] = args as unknown[]
      if (command instanceof BatchGetCommand) return Promise.reject(new Error('the engine is away')) as never
      return (send as (...args: never[]) => never).apply(this, args)
    } as typeof send)
    await expect(patients(binding).find(patientId)).rejects.toThrow()
    vi.restoreAllMocks()
    expect(await patients(binding).find(patientId)).toBeDefined()
  })
})

describe('what a destroyed key has sealed', () => {
  it('does not exist any more, for no reader and in no list, and nothing new is written of its patient', async () => {
    const fresh = await newPractice()
    const clerk = await fresh.as('admin')
    const [gone, other] = fresh.patients
    const { practiceId } = fresh.practice
    const own = { ...binding, practiceId, actor: { ...binding.actor, practiceId } as never }
    await destroy(gone as Patient)

    expect(await patients(own).find(gone!.patientId)).toBeUndefined()
    expect(await coverages(own).find(gone!.coverage.coverageId)).toBeUndefined()
    const { items } = await patients(own).list(10)
    expect(items.map(({ patientId }) => patientId)).not.toContain(gone!.patientId)
    expect(items.map(({ patientId }) => patientId)).toContain(other!.patientId)
    expect((await clerk.call('patients.get', { params: { patientId: gone!.patientId } })).status).toBe(404)
    const note = disclosures(own).note(idsAt(binding.now)('dis'), gone!.patientId, disclosure, 'test')
    await expect(commit(note.write)).rejects.toMatchObject({ code: 'conflict' })
  })

  it('stays closed when its item comes back from a copy', async () => {
    const fresh = await newPractice()
    const [gone] = fresh.patients
    const [copy] = await storedItemsLike(`PATIENT#${gone!.practiceId}#${gone!.patientId}`)
    await destroy(gone as Patient)
    await plant(copy as Record<string, unknown>)
    const clerk = await fresh.as('admin')
    expect((await clerk.call('patients.get', { params: { patientId: gone!.patientId } })).status).toBe(404)
    expect(JSON.stringify(copy)).not.toContain(gone!.name.family)
  })

  it('is still found by whoever removes it', async () => {
    const fresh = await newPractice()
    const [gone] = fresh.patients
    const { practiceId } = fresh.practice
    const own = { ...binding, practiceId, actor: { ...binding.actor, practiceId } as never }
    await destroy(gone as Patient)
    const { items } = await holdings(own).of(gone!.patientId)
    expect(items.map(({ pk }) => pk)).toContain(`COVERAGE#${practiceId}#${gone!.coverage.coverageId}`)
  })
})

describe('a patient who is registered', () => {
  it('has a key from that moment, and never a second', async () => {
    const stamp = { createdAt: binding.now, updatedAt: binding.now, version: 1 }
    const [known] = practice.patients
    const patientId = idsAt(binding.now)('pat')
    const { coverage: _, ...details } = known as never as Patient & { coverage: unknown }
    const patient = { ...details, ...stamp, patientId }
    await commit(patientEntity.create(patient))
    const { Item: first } = await table.send(new GetCommand(keyOf(patient)))
    expect(first?.wrapped).toBeInstanceOf(Uint8Array)
    await expect(commit(patientEntity.create(patient))).rejects.toMatchObject({ code: 'conflict' })
    const { Item: second } = await table.send(new GetCommand(keyOf(patient)))
    expect(second?.wrapped).toEqual(first?.wrapped)
    expect(await patients(binding).find(patientId)).toEqual(patient)
  })
})
