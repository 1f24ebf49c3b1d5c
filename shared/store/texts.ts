import { type TextCap, textCaps } from '../domain/texts.ts'
import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import { tableName } from './table.ts'

const day = 86_400

/**
 * Texts of a day. They are counted in the transaction that sends one, on the condition that one is left: what is not sent costs
 * nothing, and twenty requests at once send no more than is allowed.
 */
export const texts = ({ now }: Pick<Binding, 'now'>) => ({
  spend(cap: TextCap, subject: string): Write<'too-many-texts'> {
    const seconds = Math.floor(Date.parse(now) / 1000)
    const start = seconds - (seconds % day)
    return {
      kind: 'update',
      request: {
        TableName: tableName(),
        Key: { pk: `TEXTS#${cap}#${subject}`, sk: String(start) },
        UpdateExpression: 'ADD #count :one SET #ttl = :ttl',
        ConditionExpression: 'attribute_not_exists(#count) OR #count < :most',
        ExpressionAttributeNames: { '#count': 'count', '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':one': 1, ':most': textCaps[cap], ':ttl': start + day + 3_600 },
      },
      onConflict: 'too-many-texts',
      retryAfter: start + day - seconds,
    }
  },
})
