import { Recorder } from './actions/recorder.ts'
import { newPractice, password } from './cloud/practice.ts'
import { median, round } from './report/figures.ts'
import type { Section } from './report/section.ts'

const warmUp = 2
const logins = 12

/** How much of a sign-in is its password hash: the rest is ours to make faster, the hash is the price of a stolen table. */
export async function measureLogin(base: string, notes: string): Promise<Section> {
  const recorder = new Recorder(base, notes)
  const { practice, users, anybody } = await newPractice(base)
  const body = { practice: practice.slug, email: users.patient.email, password }
  for (let count = 0; count < warmUp + logins; count++) {
    const client = anybody()
    const { status, requestId } = await client.send('POST', '/api/v1/auth/login', body)
    if (status !== 200) throw new Error(`a login was answered ${status}`)
    await recorder.take('auth.login', '', requestId)
    client.close()
  }
  const samples = recorder.samples.slice(warmUp)
  const share = median(samples.map(({ hashMs, ms }) => hashMs / ms))
  const row = {
    logins,
    'in argon2id ms': round(median(samples.map(({ hashMs }) => hashMs))),
    'in the function ms': round(median(samples.map(({ ms }) => ms))),
    'share of argon2id': round(share),
  }
  return { title: 'Password hash in a sign-in', rows: [row], missed: [], notes: [] }
}
