import { beforeAll, describe, expect, it } from 'vitest'
import { changeUser } from '../../harness/identity.ts'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'
import { noticesOf } from '../../harness/letters.ts'
import { stored } from '../accounts/fixture.ts'

describe('PUT /users/{userId}/role', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })
  const setRole = (by: Client, userId: string, role: string, more = {}) =>
    by.call('users.set-role', { params: { userId }, body: { role, ...more } })

  it('200 holds from the next request on: the old sessions are dead, also when the old role comes back', async () => {
    const own = await newPractice()
    const [admin, biller] = [await own.as('admin'), await own.as('biller')]
    const { status, body } = await setRole(admin, biller.user.userId, 'auditor')
    expect([status, body.role]).toEqual([200, 'auditor'])
    expect((await biller.call('accounts.me')).status).toBe(401)
    expect(await noticesOf(own.practice.practiceId)).toMatchObject([
      { kind: 'role-changed', to: { email: biller.user.email } },
    ])
    expect((await setRole(admin, biller.user.userId, 'biller')).status).toBe(200)
    expect((await biller.call('accounts.me')).status).toBe(401)
  })

  it('200 makes a practitioner of somebody, and 404 is for one that is none', async () => {
    const admin = await practice.as('admin')
    const { userId } = practice.users.supervisor
    const { practitionerId = '' } = practice.practitioners[1] ?? {}
    const { body } = await setRole(admin, userId, 'practitioner', { practitionerId })
    expect(body).toMatchObject({ role: 'practitioner', practitionerId })
    const none = await setRole(admin, userId, 'practitioner', { practitionerId: `prn_${'0'.repeat(20)}` })
    expect([none.status, none.body.code]).toEqual([404, 'practitioner-not-found'])
  })

  it('409 for one’s own role, and for a patient, who stays one', async () => {
    const admin = await practice.as('admin')
    const own = await setRole(admin, admin.user.userId, 'auditor')
    const patients = await setRole(admin, practice.users.patient.userId, 'admin')
    expect([own, patients].map(({ status, body }) => [status, body.code])).toEqual([
      [409, 'own-account'],
      [409, 'role-refused'],
    ])
    expect((await setRole(admin, practice.users.biller.userId, 'patient')).status).toBe(400)
  })

  it('leaves an administrator, when two take the right from each other at once', async () => {
    for (let round = 0; round < 5; round++) {
      const own = await newPractice()
      await changeUser(own.users.auditor, { role: 'admin' })
      const one = await own.as('admin')
      own.users.auditor.role = 'admin'
      const other = await own.as('auditor')
      const answers = await Promise.all([
        setRole(one, other.user.userId, 'biller'),
        setRole(other, one.user.userId, 'biller'),
      ])
      expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
      const roles = [(await stored(one.user))?.role, (await stored(other.user))?.role]
      expect(roles).toContain('admin')
    }
  })
})
