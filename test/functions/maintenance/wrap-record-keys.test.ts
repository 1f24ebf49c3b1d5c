import { DeleteCommand, DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { forgetSecret } from '../../../shared/adapters/secrets.ts'
import { readVersions } from '../../../shared/domain/secretVersions.ts'
import { forgetRecordKeys } from '../../../shared/store/sealing.ts'
import { at } from '../../harness/clock.ts'
import {
  type Client,
  itemsLike,
  newPractice,
  ownPlace,
  place,
  type TestPractice,
  table,
  work,
} from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'
import { turnable } from '../../harness/rotation.ts'

const first = 'the secret of keys as it was generated'
const minute = 60_000

describe('the keys of records after a turn of their secret', () => {
  let secret: Awaited<ReturnType<typeof turnable>>
  let practice: TestPractice
  let admin: Client
  const { SECRET_RECORD_KEYS } = process.env

  beforeEach(async () => {
    await ownPlace()
    secret = await turnable('record-keys', 'maintenance.rotate-record-keys', first)
    practice = await newPractice()
    admin = await practice.as('admin')
  })
  afterEach(() => {
    vi.restoreAllMocks()
    forget()
  })
  afterAll(() => {
    Object.assign(process.env, { SECRET_RECORD_KEYS })
    forget()
  })

  const forget = () => {
    forgetSecret('record-keys')
    forgetRecordKeys()
  }
  const keys = async () => {
    const { Items = [] } = await table.send(
      new ScanCommand({ TableName: place.environment.KEYS_TABLE_NAME, ConsistentRead: true }),
    )
    return Items
  }
  const wrappedBy = async () => (await keys()).map(({ by = '' }) => by as string)
  const present = async () => readVersions(await secret.value()).id
  const wrapAfter = (minutes: number, remaining?: number) =>
    at(Date.now() + minutes * minute, () => work('maintenance.wrap-record-keys', {}, remaining))
  const register = () => {
    const { name, birthDate, gender, address } = practice.patients[0]!
    const body = { name: { family: name.family, given: name.given }, birthDate, gender, address }
    return admin.call('patients.create', { body })
  }
  const readAll = async () => {
    forget()
    const ids = practice.patients.map(({ patientId }) => patientId)
    return Promise.all(ids.map(async patientId => (await admin.call('patients.get', { params: { patientId } })).status))
  }

  it('open as before, those made since are wrapped by the new value, and so are all when the worker has come', async () => {
    const before = await keys()
    await secret.turn()
    forget()
    expect((await register()).status).toBe(201)
    expect(new Set(await wrappedBy())).toEqual(new Set(['', await present()]))
    expect(await readAll()).toEqual(practice.patients.map(() => 200))

    await wrapAfter(20)
    expect(new Set(await wrappedBy())).toEqual(new Set([await present()]))
    expect(await readAll()).toEqual(practice.patients.map(() => 200))
    // What lay there before is nowhere any more.
    const boxes = (items: Record<string, unknown>[]) =>
      items.map(({ wrapped }) => Buffer.from(wrapped as Uint8Array).toString('hex'))
    for (const box of boxes(before)) expect(boxes(await keys())).not.toContain(box)
    // And the value of before is needed by nothing.
    const { before: _, ...alone } = readVersions(await secret.value())
    await turnable('record-keys', 'maintenance.rotate-record-keys', JSON.stringify({ ...alone, before: [] }))
    expect(await readAll()).toEqual(practice.patients.map(() => 200))
  })

  it('open to an environment that has kept the secret of before', async () => {
    await secret.turn()
    forget()
    await register()
    const there = process.env.SECRET_RECORD_KEYS
    const old = await turnable('record-keys', 'maintenance.rotate-record-keys', first)
    forgetRecordKeys()
    // Fetched and kept, as it was before the turn.
    expect((await admin.call('patients.get', { params: { patientId: practice.patients[0]!.patientId } })).status).toBe(
      200,
    )
    expect(await old.value()).toBe(first)
    process.env.SECRET_RECORD_KEYS = there
    const { status, body } = await admin.call('patients.list')
    expect([status, body.items.length]).toEqual([200, practice.patients.length + 1])
  })

  it('wait until every function knows the new value', async () => {
    await secret.turn()
    await wrapAfter(9)
    expect(new Set(await wrappedBy())).toEqual(new Set(['']))
  })

  it('are looked at once, and again after the next turn', async () => {
    await wrapAfter(20)
    await secret.turn()
    await wrapAfter(20)
    const sent = vi.spyOn(DynamoDBDocumentClient.prototype, 'send')
    await wrapAfter(30)
    expect(sent.mock.calls.filter(([command]) => command instanceof PutCommand)).toEqual([])
    sent.mockRestore()
    await at(Date.now() + 60 * minute, () => secret.turn())
    forget()
    await wrapAfter(90)
    expect(new Set(await wrappedBy())).toEqual(new Set([await present()]))
    expect(readVersions(await secret.value()).before).toHaveLength(2)
  })

  it('go on in the next run where one had no time', async () => {
    await secret.turn()
    await wrapAfter(20, 5_000)
    expect(new Set(await wrappedBy())).toEqual(new Set(['']))
    await wrapAfter(20)
    expect(new Set(await wrappedBy())).toEqual(new Set([await present()]))
  })

  it('stay destroyed when they are destroyed meanwhile', async () => {
    await secret.turn()
    const [key] = await keys()
    const send = DynamoDBDocumentClient.prototype.send
    vi.spyOn(DynamoDBDocumentClient.prototype, 'send').mockImplementation(async function (
      this: DynamoDBDocumentClient,
      ...args
    ) {
      const [command] = args
      if (command instanceof PutCommand && command.input.Item?.pk === key?.pk) {
        const Key = { pk: key?.pk, sk: key?.sk }
        const removal = new DeleteCommand({ TableName: place.environment.KEYS_TABLE_NAME, Key })
        await Reflect.apply(send, table, [removal])
      }
      return Reflect.apply(send, this, args)
    })
    await wrapAfter(20)
    vi.restoreAllMocks()
    expect((await keys()).map(({ pk }) => pk)).not.toContain(key?.pk)
    expect(new Set(await wrappedBy())).toEqual(new Set([await present()]))
  })

  it('are told of in the trail, and no secret is', async () => {
    const said = await outputOf(async () => {
      await secret.turn()
      await wrapAfter(20)
    })
    const trail = await itemsLike('AUDIT#platform#')
    expect(trail.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['maintenance.rotate-record-keys', 'success'],
      ['maintenance.wrap-record-keys', 'success'],
    ])
    const { value } = readVersions(await secret.value())
    for (const each of [value, first]) expect(said + JSON.stringify(trail)).not.toContain(each)
    expect(said).toContain(`"RecordKeysWrapped":${practice.patients.length}`)
  })
})
