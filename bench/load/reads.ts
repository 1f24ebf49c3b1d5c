import autocannon from 'autocannon'
import { comparatorPath } from '../cloud/comparators.ts'
import { newPractice, openSession } from '../cloud/practice.ts'
import type { Section } from '../report/section.ts'
import { type Latencies, latencyRow } from './latencies.ts'

/** Enough that nobody comes to the 600 reads a minute of a user; and a user has few sessions at once. */
const readers = 24

/** Single reads, each as fast as it goes, by a standard load generator: what one route alone can give. */
export async function measureReads(
  base: string,
  concurrency: number,
  seconds: number,
  say: (line: string) => void,
): Promise<Section> {
  say(`${concurrency} at a time: planting practices`)
  const planted = await Promise.all(Array.from({ length: readers }, () => readerOf(base)))
  const rows = []
  const missed: string[] = []
  let empty: Latencies | undefined
  for (const [what, path] of Object.entries(paths)) {
    const requests = planted.map(reader => ({ method: 'GET' as const, path: path(reader), headers: reader.headers }))
    say(`${concurrency} at a time: ${what}`)
    // As long as the measurement itself: the first requests of many at once each start an environment.
    await fire(base, requests, concurrency, seconds / 3)
    const { latencies, failed } = await fire(base, requests, concurrency, seconds / 3)
    empty ??= latencies
    rows.push(latencyRow(what, latencies, empty))
    if (latencies.ms.length === 0) missed.push(`${what}: no request was answered`)
    if (failed) missed.push(`${what}: ${failed} requests were not answered with success`)
  }
  return { title: `Single reads, ${concurrency} at a time`, rows, notes: [], missed }
}

interface Reader {
  patientId: string
  practitionerId: string
  headers: { cookie: string }
}

/** A practitioner of a practice of their own. */
async function readerOf(base: string): Promise<Reader> {
  const { users, patients, practitioners } = await newPractice(base)
  return {
    patientId: patients[0]?.patientId ?? '',
    practitionerId: practitioners[0]?.practitionerId ?? '',
    headers: { cookie: `__Host-sid=${await openSession(users.practitioner)}` },
  }
}

const paths: Record<string, (reader: Reader) => string> = {
  'empty handler': () => comparatorPath('empty'),
  'one Get': () => comparatorPath('get'),
  'health.basic': () => '/api/v1/health',
  'sessions.current': () => '/api/v1/sessions/current',
  'patients.get': ({ patientId }) => `/api/v1/patients/${patientId}`,
  'patients.list': () => '/api/v1/patients',
  'claims.list': ({ patientId }) => `/api/v1/claims?patientId=${patientId}`,
  'slots.list': ({ practitionerId }) => `/api/v1/practitioners/${practitionerId}/slots?date=2030-01-07`,
}

async function fire(url: string, requests: autocannon.Request[], connections: number, duration: number) {
  const ms: number[] = []
  const began = performance.now()
  const { non2xx, errors } = await new Promise<autocannon.Result>((resolve, reject) => {
    const options = { url, connections, duration: Math.ceil(duration), requests }
    const instance = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)))
    instance.on('response', (_client, _status, _bytes, responseTime) => ms.push(responseTime))
  })
  return { latencies: { ms, seconds: (performance.now() - began) / 1_000 }, failed: non2xx + errors }
}
