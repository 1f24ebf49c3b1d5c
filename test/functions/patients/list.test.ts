import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'

describe('GET /patients', () => {
  let practice: TestPractice
  let other: TestPractice
  let admin: Client
  beforeAll(async () => {
    ;[practice, other] = await Promise.all([newPractice(), newPractice()])
    admin = await practice.as('admin')
    const { name, birthDate, gender, address } = practice.patients[0] as TestPractice['patients'][number]
    for (let number = 0; number < 7; number++) {
      await admin.call('patients.create', { body: { name, birthDate, gender, address } })
    }
  })

  const idsOf = (items: { patientId: string }[]) => items.map(({ patientId }) => patientId)
  const cursor = (position: unknown) => Buffer.from(JSON.stringify(position)).toString('base64url')

  it('200 lists every patient of the practice, newest first, and nobody of another', async () => {
    const { status, body } = await admin.call('patients.list')
    expect(status).toBe(200)
    expect(body.items).toHaveLength(10)
    expect(body).not.toHaveProperty('next')
    const ids = idsOf(body.items)
    expect(ids).toEqual([...ids].sort().reverse())
    expect(body.items.every(({ practiceId }: { practiceId: string }) => practiceId === admin.user.practiceId)).toBe(
      true,
    )
  })

  it('200 pages without losing or doubling anybody', async () => {
    const seen: string[] = []
    let query: Record<string, string> = { limit: '3' }
    for (;;) {
      const { body } = await admin.call('patients.list', { query })
      expect(body.items.length).toBeLessThanOrEqual(3)
      seen.push(...idsOf(body.items))
      if (!body.next) break
      query = { limit: '3', cursor: body.next }
    }
    expect(seen).toEqual(idsOf((await admin.call('patients.list')).body.items))
  })

  it('200 is audited in the trail of every patient on the page', async () => {
    const answer = await admin.call('patients.list')
    const records = await practice.recordsOf(answer)
    const shown = answer.body.items.map(({ patientId }: { patientId: string }) => patientId)
    expect(records.map(({ patientId }) => patientId).sort()).toEqual(shown.sort())
    for (const record of records) {
      expect(record).toMatchObject({
        name: 'patients.list',
        verb: 'R',
        outcome: 'success',
        actor: { id: admin.user.userId },
        entity: { type: 'Patient', id: 'list' },
      })
    }
  })

  it('200 shows a patient nobody but themselves', async () => {
    const patient = await practice.as('patient')
    const { status, body } = await patient.call('patients.list')
    expect([status, idsOf(body.items)]).toEqual([200, [patient.user.patientId]])
    expect(body).not.toHaveProperty('next')
  })

  it('400 for the cursor of a colleague, and for that of another practice', async () => {
    for (const who of [await practice.as('biller'), await other.as('admin')]) {
      const { next } = (await who.call('patients.list', { query: { limit: '1' } })).body
      expect((await who.call('patients.list', { query: { limit: '2', cursor: next } })).status).toBe(200)
      const { status, body } = await admin.call('patients.list', { query: { cursor: next } })
      expect([status, body.errors[0].path]).toEqual([400, 'query.cursor'])
    }
  })

  it.each([
    [
      'another practice in its key',
      (_: TestPractice, two: TestPractice) => {
        const { patientId } = two.patients[0] ?? {}
        return ['PATIENT', `#${two.practice.practiceId}#${patientId}`, `${patientId}`]
      },
    ],
    [
      'another entity in its key',
      (own: TestPractice) => ['USER', `#${own.users.admin.userId}`, own.users.admin.userId],
    ],
    ['a sort key of its own', () => ['~~~', '', 'zzz']],
  ])('400 for a forged cursor with %s', async (_, forge) => {
    const position = forge(practice, other)
    const { status, body } = await admin.call('patients.list', { query: { cursor: cursor(position) } })
    expect([status, body.errors[0].path]).toEqual([400, 'query.cursor'])
  })

  it.each([
    ['no base64url', 'not a cursor!'],
    ['too long', 'A'.repeat(401)],
    ['no JSON', Buffer.from('hello').toString('base64url')],
    ['no list', cursor({ pk: 'PATIENT#x' })],
    ['a list of two', cursor(['a', 'b'])],
    ['numbers', cursor([1, 2, 3])],
    ['nothing', cursor(['', '', ''])],
    ['other characters', cursor(['PATIENT', '#x', 'a b'])],
  ])('400 for a cursor that is %s', async (_, forged) => {
    const { status, body } = await admin.call('patients.list', { query: { cursor: forged } })
    expect([status, body.errors[0].path]).toEqual([400, 'query.cursor'])
  })

  it.each(['0', '101', '-1', '1.5', 'all', '1e3', ''])('400 for the limit %j', async limit => {
    const { status, body } = await admin.call('patients.list', { query: { limit } })
    expect([status, body.errors[0].path]).toEqual([400, 'query.limit'])
  })

  it('404 for an auditor', async () => {
    expect((await (await practice.as('auditor')).call('patients.list')).status).toBe(404)
  })
})
