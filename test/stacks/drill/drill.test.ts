import validate from 'asl-validator'
import { beforeEach, describe, expect, it } from 'vitest'
import { callJson } from '../../../local/aws/json.ts'
import { createTable } from '../../../local/dynamodb/engine.ts'
import { handler as compare } from '../../../stacks/drill/compare.ts'
import { machine } from '../../../stacks/drill/machine.ts'
import { partsOf } from '../../../stacks/drill/parts.ts'
import { handler as report } from '../../../stacks/drill/report.ts'
import { newPractice, ownPlace, place } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'
import { runStates, StatesError, type Tasks } from '../../harness/states.ts'

type Item = Record<string, Record<string, unknown>>

const dynamo = place.environment.AWS_ENDPOINT_URL_DYNAMODB ?? ''
const ask = <Answer>(operation: string, input: object) =>
  callJson<Answer>(dynamo, `DynamoDB_20120810.${operation}`, input)
const everything = async (TableName: string) => (await ask<{ Items: Item[] }>('Scan', { TableName })).Items
const put = (TableName: string, item: Item) => ask('PutItem', { TableName, Item: item })
const remove = (TableName: string, { pk, sk }: Item) => ask('DeleteItem', { TableName, Key: { pk, sk } })

/** The tables of a practice that is in use, and the service that restores them: what it makes of them a test may change. */
async function drill(spoil: (copy: string) => Promise<unknown> = async () => {}) {
  const { TABLE_NAME: live = '', KEYS_TABLE_NAME: keys = '' } = place.environment
  const tables = [live, keys].map(name => ({ live: name, copy: `${name}-drill` }))
  const moments = new Map<string, { looks: number; moment: string }>()
  const gone = () => new StatesError('DynamoDb.ResourceNotFoundException')
  const tasks: Tasks = {
    'dynamodb:restoreTableToPointInTime': async input => {
      const { SourceTableName: from, TargetTableName: to } = input as Record<string, string>
      if (moments.has(to!)) throw new StatesError('DynamoDb.TableAlreadyExistsException')
      const kind = from!.endsWith('-keys') ? place.tables!.keys : place.tables!.records
      await createTable(dynamo, to!, kind)
      const items = await everything(from!)
      moments.set(to!, { looks: 0, moment: new Date().toJSON() })
      for (const item of items) await put(to!, item)
      await spoil(to!)
    },
    'dynamodb:describeTable': async ({ TableName }) => {
      const found = moments.get(String(TableName))
      if (!found) throw gone()
      const TableStatus = found.looks++ < 2 ? 'CREATING' : 'ACTIVE'
      return { Table: { TableStatus, RestoreSummary: { RestoreDateTime: found.moment } } }
    },
    'dynamodb:deleteTable': async ({ TableName }) => {
      if (!moments.delete(String(TableName))) throw gone()
      await ask('DeleteTable', { TableName })
    },
    'lambda:compare': input => compare(input as never),
    'lambda:report': input => report(input as never),
  }
  const definition = machine({ tables, parts: tables.flatMap(partsOf), compare: 'compare', report: 'report' })
  return { live, keys, tasks, moments, run: () => runStates(definition, tasks), definition }
}

beforeEach(async () => {
  await ownPlace()
  const practice = await newPractice()
  const admin = await practice.as('admin')
  for (let count = 0; count < 3; count++) await admin.call('patients.list')
})

describe('the drill', () => {
  it('is a machine of the language', async () => {
    const { definition } = await drill()
    expect(validate(JSON.parse(JSON.stringify(definition))).errorsText()).toBe('')
  })

  it('restores, compares both ways, reports, and leaves nothing behind', async () => {
    const { live, keys, moments, run } = await drill()
    const count = (await everything(live)).length + (await everything(keys)).length
    const { output, went, waited } = await run()
    expect(output).toEqual({
      copied: count,
      live: count,
      same: 2 * count,
      changed: 0,
      gone: 0,
      wrong: 0,
      lost: 0,
      hours: 0,
      mostHours: 72,
    })
    expect(count).toBeGreaterThan(10)
    expect(moments.size).toBe(0)
    expect(went.at(-1)).toBe('Held')
    expect(waited).toBeGreaterThan(0)
  })

  it('takes what changes meanwhile for what it is', async () => {
    const { live, run, tasks } = await drill()
    const compared = tasks['lambda:compare']!
    let first = true
    tasks['lambda:compare'] = async input => {
      if (first) {
        first = false
        const [user, other] = (await everything(live)).filter(({ pk }) => String(pk?.S).startsWith('USER#')) as [
          Item,
          Item,
        ]
        await put(live, { ...user, version: { N: String(Number(user.version?.N) + 1) } })
        await remove(live, other)
        const { version: _, ...made } = user
        await put(live, { ...made, sk: { S: 'new' }, createdAt: { S: new Date().toJSON() } })
      }
      return compared(input)
    }
    const { output } = await run()
    expect(output).toMatchObject({ changed: 1, gone: 2, wrong: 0, lost: 0 })
  })

  const patient = ({ pk }: Item) => String(pk?.S).startsWith('PATIENT#')
  const record = ({ pk }: Item) => String(pk?.S).startsWith('AUDIT#')
  const key = ({ pk }: Item) => String(pk?.S).startsWith('KEY#')
  const before = { S: '2020-01-01T00:00:00.000Z' }
  it.each<[string, (item: Item) => boolean, (copy: string, item: Item) => Promise<unknown>, string]>([
    [
      'a record with another byte',
      patient,
      (copy, item) => put(copy, { ...item, box: { B: 'AAAA' } }),
      '1 items are wrong and 0 lost',
    ],
    [
      'a version that goes back',
      patient,
      (copy, item) => put(copy, { ...item, version: { N: '9' } }),
      '1 items are wrong and 0 lost',
    ],
    [
      'a changed record of the trail',
      record,
      (copy, item) => put(copy, { ...item, outcome: { S: 'x' } }),
      '1 items are wrong and 0 lost',
    ],
    [
      'a changed key',
      key,
      (copy, item) => put(copy, { ...item, wrapped: { B: 'AAAA' } }),
      '1 items are wrong and 0 lost',
    ],
  ])('finds %s in the copy, fails, and leaves nothing behind', async (_, which, change, words) => {
    const { moments, run } = await drill(async copy => {
      const [item] = (await everything(copy)).filter(which)
      if (item) await change(copy, item)
    })
    await expect(run()).rejects.toThrow(words)
    expect(moments.size).toBe(0)
  })

  it('finds what the copy lacks', async () => {
    const { live, run } = await drill(async copy => {
      for (const item of (await everything(copy)).filter(({ sk }) => sk?.S === 'old')) await remove(copy, item)
    })
    const [user] = (await everything(live)).filter(({ pk }) => String(pk?.S).startsWith('USER#')) as [Item]
    await put(live, { ...user, sk: { S: 'old' }, createdAt: before })
    await expect(run()).rejects.toThrow('0 items are wrong and 1 lost')
  })

  it('fails when the copy is empty', async () => {
    const { run } = await drill(async copy => {
      for (const item of await everything(copy)) await remove(copy, item)
    })
    await expect(run()).rejects.toThrow('the copy is empty')
  })

  it('removes first what an earlier one left behind', async () => {
    const { live, moments, run } = await drill()
    const earlier = await drill()
    await earlier.tasks['dynamodb:restoreTableToPointInTime']?.({
      SourceTableName: live,
      TargetTableName: `${live}-drill`,
    })
    for (const [name, state] of earlier.moments) moments.set(name, state)
    expect((await run()).output).toMatchObject({ wrong: 0, lost: 0 })
    expect(moments.size).toBe(0)
  })

  it('leaves nothing behind when a step is refused', async () => {
    const { moments, run, tasks } = await drill()
    tasks['lambda:compare'] = async () => {
      throw new StatesError('Lambda.Unknown')
    }
    await expect(run()).rejects.toThrow('Lambda.Unknown')
    expect(moments.size).toBe(0)
  })

  it('fails after 72 hours', async () => {
    const startedAt = new Date(Date.now() - 73 * 3_600_000).toJSON()
    const tally = { copied: 1, live: 0, same: 1, changed: 0, gone: 0, wrong: 0, lost: 0 }
    await expect(report({ startedAt, tallies: [tally] })).rejects.toThrow('took 73 hours of 72')
  })
})

describe('a comparison', () => {
  it('goes on where it ended, and counts nothing twice', async () => {
    const { live, tasks, moments } = await drill()
    const copy = `${live}-drill`
    await tasks['dynamodb:restoreTableToPointInTime']?.({ SourceTableName: live, TargetTableName: copy })
    for (let count = 0; count < 1_200; count++) await put(copy, { pk: { S: `MANY#${count}` }, sk: { S: 'x' } })
    const items = (await everything(copy)).length
    const asked = {
      part: { live, copy, of: 'copy' as const, segment: 0, segments: 1 },
      restored: [{ copy, moment: moments.get(copy)!.moment }],
    }
    const calls = []
    do calls.push(await compare(asked, undefined, 0))
    while (!calls.at(-1)?.done && calls.length < 20)
    expect(calls.length).toBeGreaterThan(2)
    expect(calls.at(-1)?.tally.copied).toBeGreaterThanOrEqual(items)
    // Asked again after its end, by a retry: the same.
    expect(await compare(asked)).toEqual(calls.at(-1))
  })

  it('lets no key through: not in what it answers, and not in what it writes', async () => {
    const { live, tasks, moments } = await drill()
    const copy = `${live}-drill`
    await tasks['dynamodb:restoreTableToPointInTime']?.({ SourceTableName: live, TargetTableName: copy })
    const asked = {
      part: { live, copy, of: 'live' as const, segment: 0, segments: 1 },
      restored: [{ copy, moment: moments.get(copy)!.moment }],
    }
    let answer = ''
    const said = await outputOf(async () => {
      answer = JSON.stringify(await compare(asked, undefined, 0))
    })
    expect(answer + said).not.toMatch(/#|prc_|pat_/)
  })

  it('refuses a copy of which nobody knows the moment', async () => {
    const part = { live: 'a', copy: 'b', of: 'copy' as const, segment: 0, segments: 1 }
    await expect(compare({ part, restored: [] })).rejects.toThrow('of what moment')
  })
})
