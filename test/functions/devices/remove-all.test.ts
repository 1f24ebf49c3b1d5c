import { describe, expect, it } from 'vitest'
import { deviceOf } from '../../harness/identity.ts'
import { itemsAt, newPractice } from '../../harness/index.ts'

describe('DELETE /devices', () => {
  it('204 forgets all of the caller’s browsers, and nobody else’s', async () => {
    const practice = await newPractice()
    const client = await practice.as('patient')
    const { patient, biller } = practice.users
    for (let index = 0; index < 3; index++) await deviceOf(patient)
    await deviceOf(biller)
    const answer = await client.call('devices.remove-all')
    expect(answer.status).toBe(204)
    expect(answer.cookies).toEqual(['__Host-did=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0'])
    const left = async ({ practiceId, userId }: typeof patient) => itemsAt(`DEVICE#${practiceId}#${userId}`)
    expect([(await left(patient)).length, (await left(biller)).length]).toEqual([0, 1])
    expect((await client.call('sessions.current')).status).toBe(200)
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({ name: 'devices.remove-all', entity: { type: 'User', id: patient.userId } }),
    ])
  })

  it('204 where there is none', async () => {
    const client = await (await newPractice()).as('auditor')
    expect((await client.call('devices.remove-all')).status).toBe(204)
  })
})
