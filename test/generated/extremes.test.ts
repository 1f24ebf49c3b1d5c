import { beforeAll, describe, expect, it } from 'vitest'
import { newPractice, type TestPractice } from '../harness/index.ts'
import { actions, callerOf, expectWellFormed, furnish, type Ids, requestOf, send } from './samples.ts'

let practice: TestPractice
let ids: Ids
beforeAll(async () => {
  practice = await newPractice()
  ids = await furnish(practice)
})

/** Values of the right form at the ends of what the form can say. */
const extremes: [form: RegExp, values: string[]][] = [
  [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, ['0000-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z']],
  [/^\d{4}-\d\d-\d\dT\d\d:\d\d$/, ['0000-01-01T00:00', '1900-01-01T00:00', '2199-12-31T23:55', '9999-12-31T12:00']],
  [/^\d{4}-\d\d-\d\d$/, ['0000-01-01', '1582-10-15', '2199-12-31', '9999-12-31']],
  [/^\d{4}-\d\d$/, ['0000-01', '9999-12']],
]

/** Every value of a sample that has such a form, put at its ends. */
function* atTheEnds(value: unknown): Generator<unknown> {
  if (typeof value === 'string') {
    for (const [form, ends] of extremes) if (form.test(value)) yield* ends
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) for (const end of atTheEnds(item)) yield value.with(index, end)
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, field] of Object.entries(value))
      for (const end of atTheEnds(field)) yield { ...value, [name]: end }
  }
}

describe.each(actions)('$declaration.route', entry => {
  const { id, declaration } = entry

  it('never 5xx for the first and the last of days', async () => {
    const right = requestOf(entry, practice, ids)
    const requests = [
      ...[...atTheEnds(right.query)].map(query => ({ ...right, query: query as unknown as Record<string, string> })),
      ...[...atTheEnds(right.body)].map(body => ({ ...right, body })),
    ]
    for (const request of requests) {
      const token = declaration.allow === 'anyone' ? undefined : (await practice.as(callerOf(entry))).token
      const answer = await send(id, request, token)
      expectWellFormed(entry, answer)
      expect(answer.status, JSON.stringify(request)).toBeLessThan(500)
    }
  })
})

const whoseCalendar = (): Record<string, string>[] => [{ patientId: ids.pat ?? '' }, { practitionerId: ids.prn ?? '' }]

describe('the trail of the first and the last of days', () => {
  it('200 is empty', async () => {
    const auditor = await practice.as('auditor')
    const actorId = practice.users.admin.userId
    for (const query of [{ day: '0000-01-01' }, { day: '9999-12-31' }, { actorId, month: '0000-01' }]) {
      const { status, body } = await auditor.call('audit.list', { query: query as unknown as Record<string, string> })
      expect([status, body]).toEqual([200, { items: [] }])
    }
  })
})

describe('a period that ends before it begins', () => {
  it('200 holds no appointment', async () => {
    const admin = await practice.as('admin')
    const period = { from: '2031-01-01T00:00:00.000Z', to: '2020-01-01T00:00:00.000Z' }
    for (const whose of whoseCalendar()) {
      const { status, body } = await admin.call('appointments.list', { query: { ...whose, ...period } })
      expect([status, body]).toEqual([200, { items: [] }])
    }
  })
})

describe('a calendar', () => {
  it('200 can still be read after whatever was booked into it', async () => {
    const admin = await practice.as('admin')
    for (const whose of whoseCalendar()) {
      const { status, body } = await admin.call('appointments.list', { query: { ...whose, limit: '100' } })
      expect(status).toBe(200)
      expect(body.items.length).toBeGreaterThan(0)
    }
  })
})
