import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Binding } from '../kernel/port.ts'
import { Interchange } from '../schema/submissions.ts'
import { entity } from './entity.ts'
import { faults } from './faults.ts'
import { getItem } from './read.ts'
import { table, tableName } from './table.ts'

const interchangeEntity = entity<Interchange>({
  name: 'Interchange',
  schema: Interchange,
  id: ({ interchangeNumber }) => String(interchangeNumber),
  keys: ({ practiceId, claimId, interchangeNumber }) => ({
    ...interchangeKey(interchangeNumber),
    // All that were ever sent of a claim, to find them when its patient is erased.
    gsi3pk: `INTERCHANGE#${practiceId}#CLAIM#${claimId}`,
    gsi3sk: String(interchangeNumber).padStart(9, '0'),
  }),
  open: ['interchangeNumber', 'practiceId', 'claimId', 'patientId', 'createdAt', 'version'],
  audited: false,
})

const interchangeKey = (interchangeNumber: number) => ({
  pk: `INTERCHANGE#${String(interchangeNumber).padStart(9, '0')}`,
  sk: 'INTERCHANGE',
})

/** What was sent to the clearinghouse, under the control numbers by which it answers. */
export const interchanges = (binding: Binding) => ({
  /** The next control number of the trading partner. It is used up even if nothing is sent: gaps are allowed, repeats never. */
  async nextNumber(): Promise<number> {
    const { Attributes } = await faults(
      table().send(
        new UpdateCommand({
          TableName: tableName(),
          Key: { pk: 'CONTROL#clearinghouse', sk: 'CONTROL' },
          UpdateExpression: 'ADD lastNumber :one',
          ExpressionAttributeValues: { ':one': 1 },
          ReturnValues: 'UPDATED_NEW',
        }),
        { abortSignal: binding.signal },
      ),
    )
    return Number(Attributes?.lastNumber)
  },

  keep: (interchange: Omit<Interchange, 'createdAt' | 'version'>) =>
    interchangeEntity.create({ ...interchange, createdAt: binding.now, version: 1 }),

  async find(interchangeNumber: number): Promise<Interchange | undefined> {
    const item = await getItem(interchangeKey(interchangeNumber), binding)
    return item && interchangeEntity.parse(item)
  },
})
