import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { readVersions } from '../domain/secretVersions.ts'
import type { Binding } from '../kernel/port.ts'
import type { PatientId, PracticeId } from '../schema/ids.ts'
import { faults } from './faults.ts'
import { getItem, queryItems } from './read.ts'
import { wrapAnew } from './sealing.ts'
import { table, tableName } from './table.ts'

/** For so long a function may still wrap by the value before: five minutes, and as many to be sure. */
const settledMs = 10 * 60_000

const key = { pk: 'CONTROL#record-keys', sk: 'CONTROL' }

/** Which value of the secret wraps every key, and what makes it so. */
export const wrappings =
  (secret: () => Promise<{ text: string; since: Date }>) =>
  ({ signal, now }: Pick<Binding, 'signal' | 'now'>) => ({
    /** The value by which keys are to be wrapped, where some may not be. None just after a turn: some functions have not heard of it. */
    async due(): Promise<string | undefined> {
      const { text, since } = await secret()
      const { id } = readVersions(text)
      if (id === '' || Date.parse(now) - since.getTime() < settledMs) return undefined
      const done = await getItem(key, { signal })
      return done?.by === id ? undefined : id
    },

    /** Wraps the keys of a page of patients. */
    async renew(practiceId: PracticeId, cursor?: string): Promise<{ renewed: number; next?: string | undefined }> {
      const run = { index: 'gsi1', pk: `PATIENT#${practiceId}`, keysAlone: true, limit: 100, cursor } as const
      const { items, next } = await queryItems(run, { signal })
      const whose = items.map(({ pk }) => ({ practiceId, patientId: String(pk).split('#')[2] as PatientId }))
      return { renewed: await wrapAnew(whose, signal), next }
    },

    /** Every key has been looked at since. */
    async finish(by: string): Promise<void> {
      const command = new PutCommand({ TableName: tableName(), Item: { ...key, by } })
      await faults(table().send(command, { abortSignal: signal }))
    },
  })
