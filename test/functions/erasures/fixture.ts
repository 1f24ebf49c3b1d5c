import type { Client, TestPractice } from '../../harness/index.ts'
import { itemsOf, replant, work } from '../../harness/index.ts'

export const request = (client: Client, patientId: string) => client.call('erasures.request', { params: { patientId } })

export const decide = (client: Client, patientId: string, erasureId: string, outcome = 'granted') =>
  client.call('erasures.decide', {
    params: { patientId, erasureId },
    body: { outcome, note: 'We keep what we must, and erase it then' },
  })

export const place = (client: Client, patientId: string) =>
  client.call('holds.place', { params: { patientId }, body: { reason: 'Counsel has announced a suit' } })

export const release = (client: Client, patientId: string) =>
  client.call('holds.release', { params: { patientId }, body: { reason: 'The suit was settled' } })

/** The hourly run. */
export const run = (remaining?: number) => work('erasures.run', {}, remaining)

/** Makes everything that is held of a patient so many years older, past all code of ours. */
export async function age({ practice }: TestPractice, patientId: string, years = 20) {
  for (const item of await itemsOf(practice.practiceId)) {
    if (
      !JSON.stringify(item).includes(patientId) ||
      /^(AUDIT|USER|SESSION|ERASURE|RESTRICTION|LIMIT)#/.test(String(item.pk))
    )
      continue
    await replant(item, opened => {
      const older = JSON.stringify(opened).replace(
        /"(2\d{3})(-\d\d-\d\dT[\d:.]+Z")/g,
        (_, year: string, rest: string) => `"${Number(year) - years}${rest}`,
      )
      return JSON.parse(older)
    })
  }
}

/** A request that was granted of a record that nothing must be kept of any more. */
export async function granted(practice: TestPractice, patientId: string): Promise<string> {
  const admin = await practice.as('admin')
  await age(practice, patientId)
  const { erasureId } = (await request(admin, patientId)).body
  const answer = await decide(admin, patientId, erasureId)
  if (answer.status !== 200) throw new Error(`not granted: ${answer.status} ${answer.body.code}`)
  return erasureId
}

/** The request as it stands. */
export const stands = async (practice: TestPractice, patientId: string, erasureId: string) => {
  const admin = await practice.as('admin')
  const { body } = await admin.call('erasures.list', { query: { patientId } })
  return body.items.find((one: { erasureId: string }) => one.erasureId === erasureId)
}
