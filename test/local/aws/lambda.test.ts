import { afterAll, beforeAll, expect, it } from 'vitest'
import { signed } from '../../../local/aws/json.ts'
import { type TestCloud, testCloud } from '../fixture/cloud.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await testCloud()
}, 60_000)
afterAll(() => cloud.close())

const invoke = (name: string, event: object, headers: Record<string, string> = {}) =>
  fetch(`${cloud.awsUrl}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, {
    method: 'POST',
    headers: { ...signed('lambda'), ...headers },
    body: JSON.stringify(event),
  })

it('invokes a function by its name or ARN', async () => {
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:fixture-slow'
  for (const name of ['fixture-slow', arn]) {
    const response = await invoke(name, {})
    expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ left: 'fixture-slow' })])
  }
})

it('tells a failure of the function from its answer', async () => {
  const response = await invoke('fixture-echo', { body: 'throw' })
  expect(response.headers.get('x-amz-function-error')).toBe('Unhandled')
})

it('takes an event without waiting for it', async () => {
  const response = await invoke('fixture-slow', { ms: 500 }, { 'x-amz-invocation-type': 'Event' })
  expect([response.status, await response.text()]).toEqual([202, ''])
})

it('refuses what Lambda refuses', async () => {
  expect((await invoke('nothing', {})).headers.get('x-amzn-errortype')).toBe('ResourceNotFoundException')
  const all = await Promise.all([1, 2, 3, 4].map(() => invoke('fixture-slow', { ms: 300 })))
  expect(all.filter(({ status }) => status === 429).length).toBeGreaterThan(0)
})
