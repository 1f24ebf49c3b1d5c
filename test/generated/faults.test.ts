import { beforeAll, describe, expect, it } from 'vitest'
import { plus } from '../harness/clock.ts'
import { sdkError, withFault, withoutTable, withSlowTable } from '../harness/faults.ts'
import { sessionOf } from '../harness/identity.ts'
import { type Answer, type Client, newPractice, type TestPractice } from '../harness/index.ts'
import { outputOf } from '../harness/output.ts'
import { actions, callerOf, changes, expectWellFormed, furnish, type Ids, requestOf, send } from './samples.ts'

let practice: TestPractice
let ids: Ids
let admin: Client
beforeAll(async () => {
  practice = await newPractice()
  ids = await furnish(practice)
  admin = await practice.as('admin')
})

/** Those that the table stands behind. */
const stored = actions.filter(({ declaration }) => Object.keys(declaration.uses).length > 0)

const everything = () => true
const own = (kind: string) => (_: string, input: string) => input.includes(`${kind}#`)

describe.each(stored)('$declaration.route', entry => {
  const { id, declaration } = entry
  const ask = async () => {
    const token = declaration.allow === 'anyone' ? undefined : (await practice.as(callerOf(entry))).token
    return () => send(id, requestOf(entry, practice, ids), token)
  }

  it('503 to try again, while nobody answers where the table should be', async () => {
    const call = await ask()
    const { answer, output } = await heard(() => withoutTable(call))
    expect([answer.status, expectWellFormed(entry, answer)]).toEqual([503, 'unavailable'])
    expect(answer.headers['retry-after'] ?? '1').toBe('1')
    expect(answer.cookies).toEqual([])
    expect(output).toContain('"Failures":1')
    for (const text of [JSON.stringify(answer.body), output]) expect(text).not.toContain('127.0.0.1')
  })

  it('500 with the request’s id alone, for what nobody foresaw', async () => {
    const call = await ask()
    const unforeseen = new Error('the canary of an unforeseen fault\n    at canary.of.a.message (canary:1:1)')
    const { answer, output } = await heard(() => withFault(everything, unforeseen, call))
    if (id === 'health.ready' && answer.status === 503) return
    expect([answer.status, expectWellFormed(entry, answer)]).toEqual([500, 'internal-error'])
    expect(answer.cookies).toEqual([])
    for (const text of [JSON.stringify(answer.body), output]) expect(text).not.toContain('canary')
    expect(output).toContain('request failed')
    expect(output).toContain(answer.headers['x-request-id'])
  })
})

describe('a fault of the table that passes', () => {
  const names = [
    'ProvisionedThroughputExceededException',
    'RequestLimitExceeded',
    'ThrottlingException',
    'InternalServerError',
    'ServiceUnavailable',
    'TransactionInProgressException',
    'TransactionConflictException',
    'TimeoutError',
    'AbortError',
  ]

  it.each(names)('503 of a read for %s', async name => {
    const params = { patientId: ids.pat ?? '' }
    const answer = await withFault(own('PATIENT'), sdkError(name), () => admin.call('patients.get', { params }))
    expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([503, 'unavailable', '1'])
  })

  it.each(names)('503 of a write for %s', async name => {
    const { name: person, birthDate, gender, address } = practice.patients[0] ?? {}
    const body = { name: person, birthDate, gender, address }
    const answer = await withFault(own('PATIENT'), sdkError(name), () => admin.call('patients.create', { body }))
    expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([503, 'unavailable', '1'])
  })

  it.each([
    ['ThrottlingError', 503, 'unavailable'],
    ['ProvisionedThroughputExceeded', 503, 'unavailable'],
    ['TransactionConflict', 409, 'conflict'],
    ['ConditionalCheckFailed', 409, 'conflict'],
  ])('a transaction that was cancelled for %s is answered %i', async (Code, status, code) => {
    const { name, birthDate, gender, address } = practice.patients[0] ?? {}
    const CancellationReasons = [{ Code }, { Code: 'None' }]
    const cancelled = Object.assign(sdkError('TransactionCanceledException'), { CancellationReasons })
    const body = { name, birthDate, gender, address }
    const answer = await withFault(own('PATIENT'), cancelled, () => admin.call('patients.create', { body }))
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })

  it('401 or 503, and never signed in, when the session cannot be read', async () => {
    const answer = await withFault(own('SESSION'), sdkError('InternalServerError'), () => admin.call('patients.list'))
    expect([answer.status, answer.body.code]).toEqual([503, 'unavailable'])
  })

  it('503 when requests cannot be counted: a limiter that fails open is none', async () => {
    const answer = await withFault(own('LIMIT'), sdkError('InternalServerError'), () => admin.call('patients.list'))
    expect([answer.status, answer.body.code]).toEqual([503, 'unavailable'])
  })

  it('200 of a request whose session could not be extended, which says the deadline that is stored', async () => {
    const idleExpiresAt = plus(new Date().toJSON(), 60_000)
    const client = await sessionOf(practice.users.biller, { idleExpiresAt })
    const hits = (command: string, input: string) => command.startsWith('Update') && input.includes('SESSION#')
    const { answer, output } = await heard(() =>
      withFault(hits, sdkError('InternalServerError'), () => client.call('payers.list')),
    )
    expect(answer.status).toBe(200)
    expect(answer.headers['x-session-idle-expires']).toBe(idleExpiresAt)
    expect(output).toContain('session not extended')
    expect((await client.call('payers.list')).headers['x-session-idle-expires']).not.toBe(idleExpiresAt)
  })

  it('403 of a forged request says the deadline that is stored: it did not extend the session', async () => {
    const idleExpiresAt = plus(new Date().toJSON(), 60_000)
    const client = await sessionOf(practice.users.admin, { idleExpiresAt })
    const { status, headers } = await client.call('patients.create', { body: {}, headers: { 'x-csrf': '' } })
    expect([status, headers['x-session-idle-expires']]).toEqual([403, idleExpiresAt])
  })
})

describe('a request that runs out of time', () => {
  it.each(actions.filter(entry => !changes(entry) && stored.includes(entry)))(
    '503 or 504 of $declaration.route, and shows nothing',
    async entry => {
      const token = entry.declaration.allow === 'anyone' ? undefined : (await practice.as(callerOf(entry))).token
      const request = { ...requestOf(entry, practice, ids), remaining: 701 }
      // Later than the deadline for certain: a quick answer to a busy process can come before its timer.
      const answer = await withSlowTable(25, () => send(entry.id, request, token))
      const code = expectWellFormed(entry, answer)
      expect(['unavailable', 'timeout', 'audit-unavailable']).toContain(code)
    },
  )
})

async function heard(work: () => Promise<Answer>): Promise<{ answer: Answer; output: string }> {
  const answers: Answer[] = []
  const output = await outputOf(async () => answers.push(await work()))
  const [answer] = answers as [Answer]
  return { answer, output }
}
