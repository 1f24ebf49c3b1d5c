import { expect, it } from 'vitest'
import { emit } from '../../../local/events/bus.ts'
import type { EventRule } from '../../../local/template/model.ts'

const rules: EventRule[] = [
  {
    name: 'a',
    pattern: { source: ['aws.chime'], detail: { eventType: [{ prefix: 'chime:Meeting' }] } },
    functionName: 'a',
  },
  { name: 'b', pattern: { source: ['aws.chime'] }, functionName: 'b', input: '{"fixed":true}' },
  { name: 'c', pattern: { source: ['aws.s3'] }, functionName: 'c' },
]
const event = { source: 'aws.chime', detail: { eventType: 'chime:MeetingEnded' } }

function bus(failures = 0) {
  const ran: [string, unknown][] = []
  const said: string[] = []
  const invoke = async (name: string, input: string) => {
    ran.push([name, JSON.parse(input)])
    const functionError = name === 'a' && failures-- > 0 ? ('Unhandled' as const) : undefined
    return { requestId: '', payload: '"no"', ms: 0, functionError }
  }
  return { ran, said, emit: () => emit(rules, event, invoke, line => said.push(line), [1, 2]) }
}

it('hands an event to the functions whose rules take it', async () => {
  const { ran, emit } = bus()
  await emit()
  expect(ran).toEqual([
    ['a', event],
    ['b', { fixed: true }],
  ])
})

it('tries three times, and says what it gave up', async () => {
  const { ran, said, emit } = bus(3)
  await emit()
  expect(ran.filter(([name]) => name === 'a')).toHaveLength(3)
  expect(said).toEqual(['rule a: gave up an event: "no"'])
})
