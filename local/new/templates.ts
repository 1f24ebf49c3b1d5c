import { isSafe, splitRoute } from '../../shared/kernel/route.ts'
import { type Name, pascal, spoken } from './name.ts'
import type { ActionPlan } from './plan.ts'

/** An action that answers with the moment and, where its path names one, the id of the thing: the least that an action is. */
export function actionText({ summary, route, allow, verb, entity, param }: ActionPlan): string {
  const idSchema = param?.schema ?? "z.string().regex(/^[\\w-]{1,40}$/, 'must be an id')"
  const limit = isSafe(splitRoute(route).method) ? 'read' : 'write'
  return `import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
${param?.schema ? `import { ${param.schema} } from '../../shared/schema/ids.ts'\n` : ''}import { Instant } from '../../shared/schema/time.ts'
${param ? `\nconst Params = z.strictObject({ ${param.name}: ${idSchema} })\n` : ''}
/** Answers with the moment at which it was asked. What it promises, and why, is said here. */
export default defineAction({
  summary: '${summary}',
  route: '${route}',
  allow: '${allow}',
${param ? '  params: Params,\n' : ''}  reply: { status: 200, schema: ${param ? 'Params.extend({ at: Instant })' : 'z.strictObject({ at: Instant })'} },
  audit: { action: '${verb}', entity: '${entity}' },
  limit: '${limit}',
  timeout: 5,

  async handle({ ${param ? 'params, ' : ''}now }) {
    return { ${param ? '...params, ' : ''}at: now }
  },
})
`
}

/** The test of that action, through the whole pipeline. */
export function actionTestText({ id, domain, action, route, role, param }: ActionPlan): string {
  const sample = `import sample from '../../../events/${domain}/${action}.json' with { type: 'json' }\n`
  return `import { describe, expect, it } from 'vitest'
${param ? sample : ''}import { newPractice } from '../../harness/index.ts'

describe('${route}', () => {
  it('200 with the moment, and a record in the audit trail', async () => {
    const practice = await newPractice()
    const caller = await practice.as('${role}')
    const { status, body } = await caller.call('${id}'${param ? ', { params: sample.pathParameters }' : ''})
    expect(status).toBe(200)
    expect(body).toEqual({ ${param ? '...sample.pathParameters, ' : ''}at: expect.any(String) })
    expect(await practice.trail()).toContainEqual(expect.objectContaining({ name: '${id}', outcome: 'success' }))
  })
})
`
}

/** A worker that counts its own runs. */
export const workerText = ({ domain, action, thing }: Name): string => `import * as z from 'zod'
import { defineWorker } from '../../shared/kernel/worker.ts'

/** Counts its own runs. What it promises, and why running twice does no harm, is said here. */
export default defineWorker({
  summary: '${pascal(action)} ${spoken(domain)}',
  source: { schedule: 'rate(1 day)' },
  message: z.unknown(),
  audit: { action: 'E', entity: '${pascal(thing)}/${action}' },
  timeout: 60,
  concurrency: 1,

  async handle({ count }) {
    count('${pascal(domain)}${pascal(action)}Runs', 1)
  },
})
`

/** The test of that worker. */
export const workerTestText = ({ id, domain, action }: Name): string => `import { describe, expect, it } from 'vitest'
import sample from '../../../events/${domain}/${action}.json' with { type: 'json' }
import { work } from '../../harness/index.ts'

describe('${id}', () => {
  it('runs', async () => {
    expect(await work('${id}', sample)).toEqual({ batchItemFailures: [] })
  })
})
`
