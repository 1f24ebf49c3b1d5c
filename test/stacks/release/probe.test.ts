import type { IncomingMessage } from 'node:http'
import { beforeEach, describe, expect, it } from 'vitest'
import { handler } from '../../../stacks/release/probe.ts'
import { standIn } from './standIn.ts'

const session = { requestContext: { http: {} } }
const probes = {
  'haven-production-claims-submit': { event: session, statuses: [401, 401] },
  'haven-production-claims-transmit': { event: { Records: [] }, statuses: 'a batch' },
}

/** CodeDeploy and Lambda, as far as the probe speaks to them. */
let deployed: object
let answered: { status?: number; headers?: Record<string, string>; body: unknown }
let said: { target?: string; body: Record<string, unknown> }[] = []
let invoked: { url: string; body: unknown; signed: boolean }[] = []
standIn('probes.json', probes, async (request, response) => {
  const body = JSON.parse(await text(request)) as Record<string, unknown>
  const [, operation] = String(request.headers['x-amz-target'] ?? '').split('.')
  if (operation) {
    said.push({ target: operation, body })
    return response.end(JSON.stringify(operation === 'GetDeployment' ? deployed : {}))
  }
  invoked.push({ url: request.url ?? '', body, signed: /Signature=/.test(request.headers.authorization ?? '') })
  response.writeHead(answered.status ?? 200, answered.headers).end(JSON.stringify(answered.body))
})
const text = async (request: IncomingMessage) => (await request.setEncoding('utf8').toArray()).join('')

beforeEach(() => {
  said = []
  invoked = []
})

const deploymentOf = (name: string) => ({
  deploymentInfo: {
    revision: {
      revisionType: 'String',
      string: {
        content: JSON.stringify({
          version: 0.0,
          Resources: [
            {
              fn: {
                Type: 'AWS::Lambda::Function',
                Properties: { Name: name, CurrentVersion: '6', TargetVersion: '7' },
              },
            },
          ],
        }),
      },
    },
  },
})

/** What the probe tells CodeDeploy. */
async function verdict(name: string, answer: typeof answered): Promise<unknown> {
  deployed = deploymentOf(name)
  answered = answer
  await handler({ DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'h-1' })
  const [{ body } = { body: {} }] = said.filter(({ target }) => target === 'PutLifecycleEventHookExecutionStatus')
  expect(body).toMatchObject({ deploymentId: 'd-1', lifecycleEventHookExecutionId: 'h-1' })
  return body.status
}

describe('the probe', () => {
  it('asks the new version, and not the one before, with a signed request', async () => {
    await verdict('haven-production-claims-submit', { body: { statusCode: 401 } })
    expect(invoked).toEqual([
      {
        url: '/2015-03-31/functions/haven-production-claims-submit/invocations?Qualifier=7',
        body: session,
        signed: true,
      },
    ])
  })

  it('lets pass what answers as it must', async () => {
    expect(await verdict('haven-production-claims-submit', { body: { statusCode: 401 } })).toBe('Succeeded')
    expect(await verdict('haven-production-claims-transmit', { body: { batchItemFailures: [] } })).toBe('Succeeded')
  })

  it.each([
    ['lets in who has no session', 'claims-submit', { body: { statusCode: 200 } }],
    ['fails', 'claims-submit', { body: { statusCode: 500 } }],
    ['ends with an error', 'claims-submit', { body: {}, headers: { 'x-amz-function-error': 'Unhandled' } }],
    [
      'ends with an error that looks right',
      'claims-submit',
      { body: { statusCode: 401 }, headers: { 'x-amz-function-error': 'Unhandled' } },
    ],
    ['answers nothing', 'claims-submit', { body: null }],
    ['may not be invoked', 'claims-submit', { status: 403, body: {} }],
    [
      'gives messages back that there were not',
      'claims-transmit',
      { body: { batchItemFailures: [{ itemIdentifier: '' }] } },
    ],
    ['answers a batch with a page', 'claims-transmit', { body: { statusCode: 200 } }],
    ['is not known', 'claims-other', { body: { statusCode: 401 } }],
  ])('stops a version that %s', async (_, name, answer) => {
    expect(await verdict(`haven-production-${name}`, answer)).toBe('Failed')
  })

  it('stops a deployment that names no version', async () => {
    deployed = { deploymentInfo: { revision: { string: { content: '{}' } } } }
    await handler({ DeploymentId: 'd-2', LifecycleEventHookExecutionId: 'h-2' })
    expect(said.at(-1)?.body.status).toBe('Failed')
    expect(invoked).toEqual([])
  })
})
