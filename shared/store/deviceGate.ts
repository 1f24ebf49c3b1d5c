import type { Write } from '../kernel/write.ts'
import type { Instant } from '../schema/time.ts'
import { deviceBucket, gateKey, removing } from './attempt.ts'
import { tableName } from './table.ts'

/** Of a browser that its user trusts failures are counted apart: those of others do not lock it out. */
export const deviceGate = {
  trust: (account: string, device: string, until: Instant): Write<'conflict'> => ({
    kind: 'put',
    request: {
      TableName: tableName(),
      Item: {
        ...gateKey(account, deviceBucket(device)),
        failures: 0,
        trustedUntil: until,
        ttl: Math.ceil(Date.parse(until) / 1000) + 86_400,
      },
    },
    onConflict: 'conflict',
  }),

  distrust: (account: string, device: string): Write<'conflict'> => removing(account, deviceBucket(device)),
}
