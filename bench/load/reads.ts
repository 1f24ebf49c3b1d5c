import autocannon from 'autocannon'
import { comparatorPath } from '../cloud/comparators.ts'
import { newPractice, openSession } from '../cloud/practice.ts'
import type { Section } from '../report/section.ts'
import { type Latencies, latencyRow } from './latencies.ts'

/** Enough that none comes to its 600 reads a minute. */
const sessions = 64

/** Single reads, each as fast as it goes, by a standard load generator: what one route alone can give. */
export async function measureReads(
  base: string,
  concurrency: number,
  seconds: number,
  say: (line: string) => void,
): Promise<Section> {
  const { users, patients, practitioners } = await newPractice(base)
  const tokens = await Promise.all(Array.from({ length: sessions }, () => openSession(users.practitioner)))
  const patientId = patients[0]?.patientId
  const paths = {
    'empty handler': comparatorPath('empty'),
    'one Get': comparatorPath('get'),
    'health.basic': '/api/v1/health',
    'sessions.current': '/api/v1/sessions/current',
    'patients.get': `/api/v1/patients/${patientId}`,
    'patients.list': '/api/v1/patients',
    'claims.list': `/api/v1/claims?patientId=${patientId}`,
    'slots.list': `/api/v1/practitioners/${practitioners[0]?.practitionerId}/slots?date=2030-01-07`,
  }
  const rows = []
  const missed: string[] = []
  let empty: Latencies | undefined
  for (const [what, path] of Object.entries(paths)) {
    say(`${concurrency} at a time: ${what}`)
    // As long as the measurement itself: the first requests of many at once each start an environment.
    await fire(base + path, tokens, concurrency, seconds / 3)
    const { latencies, failed } = await fire(base + path, tokens, concurrency, seconds / 3)
    empty ??= latencies
    rows.push(latencyRow(what, latencies, empty))
    if (latencies.ms.length === 0) missed.push(`${what}: no request was answered`)
    if (failed) missed.push(`${what}: ${failed} requests were not answered with success`)
  }
  return { title: `Single reads, ${concurrency} at a time`, rows, notes: [], missed }
}

async function fire(url: string, tokens: readonly string[], connections: number, duration: number) {
  const ms: number[] = []
  const requests = tokens.map(token => ({ method: 'GET' as const, headers: { cookie: `__Host-sid=${token}` } }))
  const began = performance.now()
  const { non2xx, errors } = await new Promise<autocannon.Result>((resolve, reject) => {
    const options = { url, connections, duration: Math.ceil(duration), requests }
    const instance = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)))
    instance.on('response', (_client, _status, _bytes, responseTime) => ms.push(responseTime))
  })
  return { latencies: { ms, seconds: (performance.now() - began) / 1_000 }, failed: non2xx + errors }
}
