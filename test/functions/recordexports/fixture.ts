import { crc32, inflateRawSync } from 'node:zlib'
import type { RecordExport } from '../../../shared/schema/recordExports.ts'
import { type Client, itemsAt, sqsEvent, type TestPractice, work } from '../../harness/index.ts'

export const order = (client: Client, patientId: string, body: object = {}) =>
  client.call('recordexports.start', { params: { patientId }, body })

export const run = ({ practice: { practiceId } }: TestPractice, { patientId, audience, exportId }: Ordered) =>
  work('recordexports.run', sqsEvent({ practiceId, patientId, audience, exportId }))

export interface Ordered {
  patientId: string
  audience: string
  exportId: string
}

export const stored = async ({ practice: { practiceId } }: TestPractice, { patientId, exportId }: Ordered) =>
  (await itemsAt(`RECORDEXPORT#${practiceId}#${patientId}`)).find(item => item.exportId === exportId && item.state) as
    | (RecordExport & Record<string, unknown>)
    | undefined

export const link = (client: Client, { patientId, exportId }: Ordered) =>
  client.call('recordexports.download', { params: { patientId, exportId } })

/** Orders a copy, writes it, fetches it by its link and opens it. */
export async function copy(practice: TestPractice, client: Client, patientId: string, body: object = {}) {
  const ordered = await order(client, patientId, body)
  if (ordered.status !== 202) throw new Error(`the order answered ${ordered.status} ${ordered.body.code}`)
  const { batchItemFailures } = await run(practice, ordered.body)
  if (batchItemFailures.length > 0) throw new Error('the worker failed')
  return fetched(client, ordered.body)
}

export async function fetched(client: Client, ordered: Ordered) {
  const { status, body } = await link(client, ordered)
  if (status !== 201) throw new Error(`the download answered ${status} ${body.code}`)
  const answer = await fetch(body.url)
  const files = unzip(Buffer.from(await answer.arrayBuffer()))
  return { url: body.url as string, answer, files, bundle: JSON.parse(files['bundle.json'] ?? '') }
}

/** Reads an archive by its directory, as programs do, and holds each file against its length and CRC. */
export function unzip(bytes: Buffer): Record<string, string> {
  const files: Record<string, string> = {}
  const end = bytes.lastIndexOf(Buffer.from('504b0506', 'hex'))
  let at = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const [crc, packed, size] = [16, 20, 24].map(offset => bytes.readUInt32LE(at + offset)) as [number, number, number]
    const [name, extra, comment] = [28, 30, 32].map(offset => bytes.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ]
    const local = bytes.readUInt32LE(at + 42)
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    const text = inflateRawSync(bytes.subarray(start, start + packed))
    const called = bytes.toString('latin1', at + 46, at + 46 + name)
    if (text.length !== size || crc32(text) !== crc) throw new Error(`${called} is not what the directory says`)
    files[called] = text.toString()
    at += 46 + name + extra + comment
  }
  return files
}
