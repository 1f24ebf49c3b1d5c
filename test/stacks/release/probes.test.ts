import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'
import { beforeAll, describe, expect, it } from 'vitest'
import { catalogue, isAction } from '../../../functions/catalogue.ts'
import { consume } from '../../../shared/pipeline/consume.ts'
import { serve } from '../../../shared/pipeline/serve.ts'
import { gatesOf, workerGates } from '../../../shared/ports/gates.ts'
import { probeOf } from '../../../stacks/release/probes.ts'
import { ensureSigning } from '../../harness/clients.ts'
import { itemsLike } from '../../harness/index.ts'

const context = { awsRequestId: 'probe', getRemainingTimeInMillis: () => 10_000 } as Context

/** What stands in the table, but for what a refusal leaves: its record, and a count of the address that is nobody's. */
const changed = async () => (await itemsLike('')).map(({ pk }) => String(pk)).filter(pk => !/^(AUDIT|LIMIT)#/.test(pk))

// As in an account whose first rotation has run: before it there is no key to show.
beforeAll(ensureSigning)

describe.each((await catalogue()).map(entry => [entry.id, entry] as const))('the probe of %s', (id, entry) => {
  const probe = probeOf(entry)

  it('is answered as it must be, and changes nothing', async () => {
    const before = await changed()
    if (isAction(entry)) {
      const handler = serve(entry.declaration, id, gatesOf(entry.declaration))
      const answer = (await handler(probe.event as APIGatewayProxyEventV2, context)) as { statusCode: number }
      const [lowest = 0, highest = 0] = probe.statuses as [number, number]
      expect(answer.statusCode).toBeGreaterThanOrEqual(lowest)
      expect(answer.statusCode).toBeLessThanOrEqual(highest)
    } else if (entry.declaration.kind === 'worker') {
      const answer = await consume(entry.declaration, id, workerGates(entry.declaration))(probe.event, context)
      expect(answer).toEqual({ batchItemFailures: [] })
      expect(probe.statuses).toBe('a batch')
    }
    expect(await changed()).toEqual(before)
  })

  it('holds nothing that would let it in', () => {
    expect(JSON.stringify(probe.event)).not.toMatch(/__Host-sid|[Bb]earer |"authorization"|"cookie|x-csrf/)
  })
})
