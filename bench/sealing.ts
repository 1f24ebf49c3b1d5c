import { catalogue, isWorker } from '../functions/catalogue.ts'
import { linked } from '../shared/domain/audit/chain.ts'
import type { seal } from '../shared/domain/audit/seal.ts'
import { port } from '../shared/kernel/port.ts'
import { idsAt, randomText } from '../shared/kernel/random.ts'
import { consume } from '../shared/pipeline/consume.ts'
import { recordOf } from '../shared/pipeline/trail.ts'
import type { Manifest, SealHead } from '../shared/schema/audit.ts'
import { median, round } from './report/figures.ts'
import type { Section } from './report/section.ts'

const sealer = (await catalogue()).filter(isWorker).find(({ id }) => id === 'audit.seal')
/** As many as the stream hands over at once. */
const batchSize = sealer?.declaration.batch?.size ?? 1
const [warmUp, batches] = [3, 15]

/**
 * What sealing computes: the whole function, from the stream's event to the signed manifest, with an archive, a signer and a head
 * that answer at once. Its waiting for S3, KMS and the table is no work of a core, and is added on paper in the page.
 */
export async function measureSealing(): Promise<Section> {
  const practiceId = idsAt(new Date().toJSON())('prc')
  const cpu: number[] = []
  let eventBytes = 0
  let bytes = 0
  const kept = { manifests: 0 }
  const worker = { ...sealer?.declaration, uses: inMemory(kept, lines => (bytes = Buffer.byteLength(lines))) }
  const handler = consume(worker as never, 'audit.seal', {})
  // What a function prints is not what is measured.
  const { info, log } = console
  Object.assign(console, { info: () => {}, log: () => {} })
  for (let count = 0; count < warmUp + batches; count++) {
    const event = eventOf(practiceId)
    eventBytes = Buffer.byteLength(JSON.stringify(event))
    const before = process.cpuUsage()
    const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 60_000 }
    const answer = (await handler(event as never, context as never)) as { batchItemFailures: unknown[] }
    if (answer.batchItemFailures.length > 0) throw new Error('a batch was not sealed')
    const { user, system } = process.cpuUsage(before)
    if (count >= warmUp) cpu.push((user + system) / 1_000)
  }
  Object.assign(console, { info, log })
  if (kept.manifests !== warmUp + batches) throw new Error('a batch has no manifest')
  const ms = median(cpu)
  const row = {
    'records a batch': batchSize,
    'bytes a record': Math.round(bytes / batchSize),
    'MB an event': round(eventBytes / 1_048_576),
    'CPU ms a batch': round(ms),
    'records/s a core': Math.round((batchSize / ms) * 1_000),
  }
  return { title: 'Sealing the audit trail', rows: [row], notes: [], missed: [] }
}

type Parts = Parameters<typeof seal>[2]

/** The ports of the sealer, of things in memory. */
function inMemory(kept: { manifests: number }, sees: (lines: string) => void) {
  let head: SealHead = { sequence: 0 }
  const archive: Parts['archive'] = {
    async keepBatch(day, lines) {
      sees(lines)
      return `batches/${day}/${kept.manifests}`
    },
    async keepManifest(sealed) {
      kept.manifests++
      return sealed as { manifest: Manifest; signature: string }
    },
  }
  const of = <Api>(api: Api) => port({ grants: [], load: async () => () => api })
  return {
    archive: of(archive),
    seals: of<Parts['heads']>({
      head: async () => head,
      advance: async (_, to) => {
        head = to
      },
    }),
    signer: of<Parts['signer']>({ sign: async () => 'signed' }),
  }
}

/** New records as the stream tells of them. */
function eventOf(practiceId: ReturnType<ReturnType<typeof idsAt>>): object {
  const now = new Date().toJSON()
  const newId = idsAt(now)
  let head = { chain: randomText(20), sequence: 0, previous: undefined as string | undefined }
  const Records = Array.from({ length: batchSize }, () => {
    const deed = {
      name: 'patients.get',
      audit: { action: 'R', entity: 'Patient/{patientId}' },
      actor: {
        type: 'user',
        practiceId,
        userId: newId('usr'),
        sessionId: newId('ses'),
        role: 'practitioner',
        practitionerId: newId('prn'),
        aal: 'aal2',
        amr: ['pwd', 'otp'],
      },
      facts: { patientId: newId('pat') },
      params: {},
      address: '203.0.113.7',
      client: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0',
      requestId: newId('tkt'),
      startedAt: Date.now(),
    }
    const { record, next } = linked(head, recordOf(deed as never, { outcome: 'success', status: 200 } as never))
    head = { ...next, previous: next.previous }
    return { eventName: 'INSERT', dynamodb: { SequenceNumber: '1', NewImage: (typed(record) as { M: object }).M } }
  })
  return { Records }
}

/** A value as DynamoDB writes it. */
function typed(value: unknown): object {
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number') return { N: String(value) }
  if (typeof value === 'boolean') return { BOOL: value }
  if (Array.isArray(value)) return { L: value.map(typed) }
  const fields = Object.entries(value as object).filter(([, field]) => field !== undefined)
  return { M: Object.fromEntries(fields.map(([name, field]) => [name, typed(field)])) }
}
