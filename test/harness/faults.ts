import { setTimeout as pause } from 'node:timers/promises'
import { forgetTable, table as productTable } from '../../shared/store/table.ts'
import { place } from './index.ts'

/** What the product asks of the table: the SDK's name of the command, and its input as JSON. */
type Asked = (command: string, input: string) => boolean

/** Does something while the product's own client to the table fails wherever `hits` says so. All else goes to the real table. */
export async function withFault<T>(hits: Asked, fault: Error, work: () => Promise<T>): Promise<T> {
  const { middlewareStack } = productTable()
  const name = 'fault-of-a-test'
  middlewareStack.add(
    (next, { commandName = '' }) =>
      async args => {
        if (hits(commandName, JSON.stringify(args.input))) throw fault
        return next(args)
      },
    { step: 'initialize', name, priority: 'high' },
  )
  try {
    return await work()
  } finally {
    middlewareStack.remove(name)
  }
}

/** Does something while each answer of the real table is `ms` late. */
export async function withSlowTable<T>(ms: number, work: () => Promise<T>): Promise<T> {
  const { middlewareStack } = productTable()
  const name = 'delay-of-a-test'
  const late = async <A>(answer: A) => {
    await pause(ms)
    return answer
  }
  middlewareStack.add(next => async args => late(await next(args)), { step: 'initialize', name, priority: 'high' })
  try {
    return await work()
  } finally {
    middlewareStack.remove(name)
  }
}

/** The name by which the tests speak of a table that is not there. */
const noTable = 'no-such-table'

/**
 * Does something while the table takes no audit record: neither one alone, nor, as the real table sees to, any transaction that
 * holds one. Answers how many it refused beside what was done.
 */
export async function withoutAudit<T>(work: () => Promise<T>): Promise<{ result: T; refused: number }> {
  const { middlewareStack } = productTable()
  const name = 'audit-fault-of-a-test'
  let refused = 0
  middlewareStack.add(
    next => async args => {
      const input = args.input as Put & { TransactItems?: { Put?: Put }[] }
      const records = [input, ...(input.TransactItems ?? []).map(({ Put }) => Put)].filter(isRecord)
      refused += records.length
      for (const record of records) record.TableName = noTable
      return next(args)
    },
    { step: 'initialize', name, priority: 'high' },
  )
  try {
    const result = await work()
    return { result, refused }
  } finally {
    middlewareStack.remove(name)
  }
}

/** Does something, and tells of each request to the table that wrote audit records: whether it was a transaction, and how many it held. */
export async function auditWritesOf<T>(work: () => Promise<T>) {
  const { middlewareStack } = productTable()
  const name = 'watch-of-a-test'
  const writes: { transaction: boolean; records: number }[] = []
  middlewareStack.add(
    next => async args => {
      const input = args.input as Put & { TransactItems?: { Put?: Put }[] }
      const records = [input, ...(input.TransactItems ?? []).map(({ Put }) => Put)].filter(isRecord)
      if (records.length > 0) writes.push({ transaction: input.TransactItems !== undefined, records: records.length })
      return next(args)
    },
    { step: 'initialize', name, priority: 'high' },
  )
  try {
    return { result: await work(), writes }
  } finally {
    middlewareStack.remove(name)
  }
}

const isRecord = (put: Put | undefined): put is Put => JSON.stringify(put?.Item?.pk ?? '').includes('AUDIT#')

interface Put {
  TableName?: string
  Item?: Record<string, unknown>
}

/** An error as the SDK throws it. */
export const sdkError = (name: string): Error => Object.assign(new Error(`${name} of a test`), { name })

/** Does something while nobody answers where the table should be. */
export async function withoutTable<T>(work: () => Promise<T>): Promise<T> {
  process.env.AWS_ENDPOINT_URL_DYNAMODB = 'http://127.0.0.1:1'
  forgetTable()
  try {
    return await work()
  } finally {
    process.env.AWS_ENDPOINT_URL_DYNAMODB = place.environment.AWS_ENDPOINT_URL_DYNAMODB
    forgetTable()
  }
}
