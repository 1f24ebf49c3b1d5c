import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Entry, isAction } from '../../functions/catalogue.ts'
import type { Action } from '../../shared/kernel/action.ts'
import { splitRoute } from '../../shared/kernel/route.ts'
import type { Client } from '../cloud/client.ts'
import type { Practice } from '../cloud/practice.ts'
import type { Recorder } from './recorder.ts'

const root = resolve(import.meta.dirname, '..', '..')

/** What is special about one call. */
export interface Call {
  params?: Record<string, string>
  query?: Record<string, string>
  body?: unknown
  /** Tells this way through the action from its others. */
  variant?: string
}

/** One walk through the functions, in a practice of its own; every call is recorded. */
export class Round {
  readonly practice: Practice
  readonly recorder: Recorder
  readonly #entries: Map<string, Entry>
  /** The latest id of each kind, by its prefix: what a sample's ids are replaced by. */
  readonly #ids = new Map<string, string>()

  constructor(entries: readonly Entry[], practice: Practice, recorder: Recorder) {
    this.#entries = new Map(entries.map(entry => [entry.id, entry]))
    this.practice = practice
    this.recorder = recorder
    const { patients, practitioners, users } = practice
    this.know(practice.practice.practiceId, users.patient.userId)
    this.know(patients[0]?.patientId, patients[0]?.coverage.coverageId, practitioners[0]?.practitionerId)
  }

  /** Remembers ids for samples. */
  know(...ids: (string | undefined)[]): void {
    for (const id of ids) if (id) this.#ids.set(id.slice(0, 3), id)
  }

  /** Sends a request to an action and records it. Gives the answer's body; throws unless it is the action's success. */
  async call(id: string, client: Client, { params = {}, query = {}, body, variant = '' }: Call = {}) {
    const { route, reply } = this.#action(id)
    const { method, path } = splitRoute(route)
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
    const search = new URLSearchParams(query).toString()
    const answer = await client.send(method, search ? `${filled}?${search}` : filled, body)
    if (answer.status !== reply.status) {
      throw new Error(
        `${id} answered ${answer.status} ${answer.body?.code ?? ''} ${JSON.stringify(answer.body?.errors ?? '')}`,
      )
    }
    await this.recorder.take(id, variant, answer.requestId)
    if (answer.token) client.token = answer.token
    return answer.body
  }

  /** Calls a worker with its sample event, in which the ids are this practice's. */
  async work(id: string): Promise<void> {
    await this.recorder.invoke(id, this.sample(id))
  }

  /** A function's sample event, with the ids and the name of this practice in place of the sample's. */
  sample(id: string): SampleEvent {
    const text = readFileSync(join(root, 'events', `${id.replace('.', '/')}.json`), 'utf8')
    const { slug } = this.practice.practice
    return JSON.parse(
      text
        .replace(/\b([a-z]{3})_0[0-9A-Z]{19}\b/g, (sampled, kind: string) => this.#ids.get(kind) ?? sampled)
        .replaceAll('@harbor.example', `@${slug}.example`)
        .replaceAll('\\"harbor\\"', `\\"${slug}\\"`),
    ) as SampleEvent
  }

  /** Sends the sample of an action that no step of the walk drives. Throws what it was answered, unless it succeeded. */
  async callSample(id: string, client: Client): Promise<void> {
    const event = this.sample(id)
    const body = event.body === undefined ? undefined : JSON.parse(event.body)
    const query = Object.fromEntries(new URLSearchParams(event.rawQueryString))
    await this.call(id, client, { params: event.pathParameters, query, body })
  }

  #action(id: string): Action {
    const entry = this.#entries.get(id)
    if (!entry || !isAction(entry)) throw new Error(`there is no action ${id}`)
    return entry.declaration
  }
}

/** The parts of a sample event that a request is made of. */
interface SampleEvent {
  rawQueryString?: string
  pathParameters?: Record<string, string>
  body?: string
}
