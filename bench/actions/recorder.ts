import { readFileSync } from 'node:fs'
import { functionFor } from '../../local/start/names.ts'
import type { Note } from '../cloud/probe.ts'

/** What the local cloud knows of an invocation, as far as it is read here. */
interface Trace {
  requestId: string
  sequential: number
  keyTrips: number
  total: number
  readUnits: number
  writeUnits: number
  calls: { service: string; operation: string; puts: { space: string; units: number }[] }[]
}

/** One invocation: its trips to the table, the units they used, its other calls to AWS, and its CPU time in milliseconds. */
export interface Sample {
  /** The function's id, and what is special about this way through it. */
  id: string
  variant: string
  sequential: number
  /** Fetches of keys of sealed records, one after the other. */
  keyTrips: number
  total: number
  readUnits: number
  writeUnits: number
  /** Of the write units those of the audit trail. */
  auditUnits: number
  others: string[]
  cpuMs: number
  hashMs: number
  ms: number
}

/** Finds what an invocation cost, from the cloud's traces and from the notes that the instrumented handlers leave. */
export class Recorder {
  readonly #base: string
  readonly #notes: string
  readonly samples: Sample[] = []
  #names: string[] = []

  constructor(base: string, notes: string) {
    this.#base = base
    this.#notes = notes
  }

  /** Takes the cost of the HTTP request whose answer carried this id. */
  async take(id: string, variant: string, apiRequestId: string): Promise<Sample> {
    const trace = await json<Trace>(`${this.#base}/_local/traces/${encodeURIComponent(apiRequestId)}`)
    return this.#record(id, variant, trace)
  }

  /** Runs a function that has no route, and takes its cost. Throws when it fails, a failed message included. */
  async invoke(id: string, event: unknown): Promise<Sample> {
    if (!this.#names.length) {
      this.#names = (await json<{ name: string }[]>(`${this.#base}/_local/functions`)).map(({ name }) => name)
    }
    const name = functionFor(id, this.#names)
    const path = `${this.#base}/_local/functions/${name}/invocations`
    const response = await fetch(path, { method: 'POST', body: JSON.stringify(event) })
    const answer = await response.text()
    if (!response.ok || response.headers.get('x-amz-function-error') || /"itemIdentifier"/.test(answer)) {
      throw new Error(`${id} answered ${response.status} ${answer}`)
    }
    const [trace] = await json<Trace[]>(`${this.#base}/_local/traces?limit=1&function=${name}`)
    return this.#record(id, '', trace as Trace)
  }

  #record(id: string, variant: string, trace: Trace): Sample {
    const { sequential, keyTrips, total, readUnits, writeUnits, calls } = trace
    const trail = calls.flatMap(({ puts }) => puts).filter(({ space }) => space === 'AUDIT')
    const auditUnits = trail.reduce((sum, { units }) => sum + units, 0)
    const others = calls.filter(({ service }) => service !== 'dynamodb').map(({ operation }) => nameOf(operation))
    const { cpuMs, hashMs, ms } = this.#note(trace.requestId)
    const units = { readUnits, writeUnits, auditUnits }
    const sample = { id, variant, sequential, keyTrips, total, ...units, others, cpuMs, hashMs, ms }
    this.samples.push(sample)
    return sample
  }

  /** The note was written before the answer was sent. */
  #note(requestId: string): Note {
    const line = readFileSync(this.#notes, 'utf8')
      .trimEnd()
      .split('\n')
      .findLast(text => text.includes(requestId))
    if (!line) throw new Error(`nothing was noted of ${requestId}`)
    return JSON.parse(line) as Note
  }
}

/** An operation by its name; one that is a method and a path, without the ids in it. */
const nameOf = (operation: string) => operation.replace(/\/[0-9a-f-]{36}/g, '/…')

async function json<Content>(url: string): Promise<Content> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return (await response.json()) as Content
}
