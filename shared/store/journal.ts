import { setTimeout as pause } from 'node:timers/promises'
import { PutCommand, TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import type { Binding } from '../kernel/port.ts'
import { Problem } from '../kernel/problem.ts'
import type { Write } from '../kernel/write.ts'
import type { AuditEvent, AuditRecord } from '../schema/audit.ts'
import { auditItem } from './audit.ts'
import { inChain, NothingWritten } from './chain.ts'
import { faults } from './faults.ts'
import { sealed } from './sealing.ts'
import { table, tableName } from './table.ts'

/** Tries at a transaction that met another on the same items: each loser waits a little longer than the last time. */
const tries = 4

/** The only way that anything of value is written: a change and its audit record stand or fall together. */
export const journal = ({ signal }: Pick<Binding, 'signal'>) => ({
  commit: async (changes: readonly Write[], event: AuditEvent): Promise<void> => {
    const writes = await sealed(changes)
    return inChain(event, async record => {
      const transaction = { TransactItems: [...writes.map(inTransaction), { Put: newAuditItem(record) }] }
      for (let attempt = 1; ; attempt++) {
        const lost = await attemptCommit(transaction, writes, signal)
        if (!lost) return
        if (attempt === tries) throw new NothingWritten('', { cause: lost })
        await pause(attempt * 15 + Math.random() * 30)
      }
    })
  },

  /**
   * A record of what changed nothing: a read, a denial. Durable when it returns. A try that fails is told to `again`, which
   * says whether there is another.
   */
  record: (event: AuditEvent, again: (error: unknown) => Promise<boolean> = async () => false): Promise<void> =>
    inChain(event, async record => {
      for (;;) {
        try {
          return await putRecord(record, signal)
        } catch (error) {
          if (!(await again(error))) throw error
        }
      }
    }),
})

async function putRecord(record: AuditRecord, signal: AbortSignal): Promise<void> {
  await faults(table().send(new PutCommand(newAuditItem(record)), { abortSignal: signal })).catch((error: Error) => {
    // Its id is there already: an earlier try was written and its answer lost.
    if (error.name !== 'ConditionalCheckFailedException') throw error
  })
}

/** Nothing when it is written; the problem when it merely met another transaction and may be tried again. */
async function attemptCommit(
  transaction: TransactWriteCommandInput,
  writes: readonly Write[],
  signal: AbortSignal,
): Promise<Problem | undefined> {
  try {
    await faults(table().send(new TransactWriteCommand(transaction), { abortSignal: signal }))
    return undefined
  } catch (error) {
    const reasons = cancellationReasons(error)
    if (!reasons) throw error
    const failed = reasons.findIndex(({ Code }) => Code === 'ConditionalCheckFailed')
    if (failed >= 0) {
      const { onConflict = 'conflict', retryAfter }: Partial<Write> = writes[failed] ?? {}
      const refused = new Problem(onConflict, { cause: error, ...(retryAfter !== undefined && { retryAfter }) })
      // The last is the record itself: that its id is taken does not say by what.
      throw failed < writes.length ? new NothingWritten('', { cause: refused }) : refused
    }
    if (reasons.some(({ Code }) => Code === 'TransactionConflict')) return new Problem('conflict', { cause: error })
    throw new NothingWritten('', { cause: new Problem('unavailable', { retryAfter: 1, cause: error }) })
  }
}

function inTransaction({ kind, request }: Write) {
  const name = { put: 'Put', update: 'Update', delete: 'Delete', check: 'ConditionCheck' }[kind]
  return { [name]: request } as NonNullable<TransactWriteCommandInput['TransactItems']>[number]
}

const newAuditItem = (record: AuditRecord) => ({
  TableName: tableName(),
  Item: auditItem(record),
  ConditionExpression: 'attribute_not_exists(pk)',
})

/** Why each item of a transaction was or was not written; nothing for any other error. */
export function cancellationReasons(error: unknown): { Code?: string }[] | undefined {
  const named = error instanceof Error && error.name === 'TransactionCanceledException'
  return named ? ((error as { CancellationReasons?: { Code?: string }[] }).CancellationReasons ?? []) : undefined
}
