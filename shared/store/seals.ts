import { PutCommand } from '@aws-sdk/lib-dynamodb'
import type { Binding } from '../kernel/port.ts'
import { SealHead } from '../schema/audit.ts'
import { faults } from './faults.ts'
import { getItem } from './read.ts'
import { table, tableName } from './table.ts'

const key = { pk: 'SEAL#head', sk: 'SEAL' }

/** Where the archive's chain of manifests ends. Bookkeeping: the archive itself says the same, signed. */
export const seals = ({ signal }: Pick<Binding, 'signal'>) => ({
  async head(): Promise<SealHead> {
    return SealHead.parse((await getItem(key, { signal })) ?? { sequence: 0 })
  },

  /** Moves on to a manifest. Nothing to do when another sealer has moved there or further. */
  async advance(from: SealHead, to: SealHead): Promise<void> {
    const command = new PutCommand({
      TableName: tableName(),
      Item: { ...key, ...to },
      ConditionExpression: 'attribute_not_exists(pk) OR #sequence = :from',
      ExpressionAttributeNames: { '#sequence': 'sequence' },
      ExpressionAttributeValues: { ':from': from.sequence },
    })
    await faults(table().send(command, { abortSignal: signal })).catch((error: Error) => {
      if (error.name !== 'ConditionalCheckFailedException') throw error
    })
  },
})
