import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { demo, fixedId } from '../../local/seed.ts'
import { csrfToken } from '../../shared/domain/cookies.ts'
import { idsAt } from '../../shared/kernel/random.ts'
import type { Role, Session, User } from '../../shared/schema/identity.ts'
import { sessionEntity, sessions } from '../../shared/store/sessions.ts'
import { userEntity } from '../../shared/store/users.ts'

const root = resolve(import.meta.dirname, '..', '..')
const tableName = 'haven-dev'
// Only the builders of session items are used here; they name the table that they are for.
process.env.TABLE_NAME ??= tableName

/** A folder of this test's own, for what a stack keeps. */
export function dataFolder(): { data: string; remove: () => void } {
  const data = mkdtempSync(join(tmpdir(), 'haven-e2e-'))
  return { data, remove: () => rmSync(data, { recursive: true, force: true }) }
}

/** The whole system as `npm start` runs it, in a process of its own. */
export class Stack {
  readonly url: string
  readonly awsUrl: string
  readonly #child: ChildProcess | undefined
  readonly #table: DynamoDBDocumentClient

  private constructor(child: ChildProcess | undefined, url: string, awsUrl: string) {
    this.#child = child
    this.url = url
    this.awsUrl = awsUrl
    const credentials = { accessKeyId: 'OPERATOR', secretAccessKey: 'local' }
    this.#table = DynamoDBDocumentClient.from(
      new DynamoDBClient({ endpoint: awsUrl, region: 'us-east-1', credentials }),
      { marshallOptions: { removeUndefinedValues: true } },
    )
  }

  static async start(data: string, ...more: string[]): Promise<Stack> {
    const args = [join(root, 'local', 'start.ts'), '--port', '0', '--data', data, '--no-watch', ...more]
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that all of it can be killed at one blow.
      detached: true,
    })
    let said = ''
    const ready = new Promise<void>((done, fail) => {
      child.stdout?.on('data', chunk => {
        said += chunk
        if (said.includes('Next:')) done()
      })
      child.stderr?.on('data', chunk => {
        said += chunk
      })
      child.on('exit', code => fail(new Error(`the stack ended with ${code}:\n${said}`)))
    })
    await ready
    const url = (/API\s+(http:\S+)/.exec(said)?.[1] ?? '').replace('/api/v1', '')
    const awsUrl = /AWS endpoint\s+(http:\S+)/.exec(said)?.[1] ?? ''
    return new Stack(child, url, awsUrl)
  }

  /** One that runs in this process already. */
  static attach = (url: string, awsUrl: string) => new Stack(undefined, url, awsUrl)

  /** `kill -9` of everything: no handler runs, no buffer is flushed. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.#table.destroy()
    const child = this.#child
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return
    const { pid } = child
    const ended = new Promise(done => child.once('exit', done))
    process.kill(signal === 'SIGKILL' ? -pid : pid, signal)
    await ended
  }

  /** Every item whose key begins so, read past all permissions. */
  async items(prefix: string): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = []
    let from: Record<string, unknown> | undefined
    do {
      const page = await this.#table.send(
        new ScanCommand({ TableName: tableName, ExclusiveStartKey: from, ConsistentRead: true }),
      )
      items.push(...(page.Items ?? []).filter(({ pk }) => String(pk).startsWith(prefix)))
      from = page.LastEvaluatedKey
    } while (from)
    return items
  }

  /** A signed-in client of the demo practice, without the password's cost and the sign-in's limits. */
  async client(role: Role, more: Partial<Session> = {}): Promise<Client> {
    const practiceId = fixedId('prc', demo.slug)
    const [item] = await this.items(`USER#${practiceId}#${fixedId('usr', role)}`)
    const user: User = userEntity.parse(item ?? {})
    const now = new Date().toJSON()
    const binding = { now, signal: AbortSignal.timeout(10_000) }
    const how = { aal: 'aal2', amr: ['pwd', 'otp'], next: 'none', verifiedAt: now } as const
    const opened = sessions(binding).open(user, idsAt(now)('ses'), { ...how, amr: [...how.amr] })
    const { token } = opened
    const session = { ...opened.session, ...more }
    await this.#table.send(
      new PutCommand({ TableName: tableName, Item: { ...sessionEntity.keys(session), ...session } }),
    )
    return new Client(this.url, token)
  }
}

/** A page at the running system. */
export class Client {
  readonly #token: string
  readonly #url: string

  get cookie(): string {
    return `__Host-sid=${this.#token}`
  }

  constructor(url: string, token: string) {
    this.#url = url
    this.#token = token
  }

  /** The same session at a stack that was started again. */
  at = (url: string) => new Client(url, this.#token)

  async send(method: string, path: string, body?: object) {
    const response = await fetch(`${this.#url}/api/v1${path}`, {
      method,
      headers: {
        cookie: this.cookie,
        ...(method !== 'GET' && { 'sec-fetch-site': 'same-origin', 'x-csrf': csrfToken(this.#token) }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    // biome-ignore lint/suspicious/noExplicitAny: replies have many shapes
    const reply: any = text ? JSON.parse(text) : undefined
    return { status: response.status, body: reply, requestId: response.headers.get('apigw-requestid') ?? '' }
  }
}

/**
 * A port that is free with the two after it, which a run takes too. Below those that the system hands out by itself: one of these could
 * be another's before it is used.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 30_000)
    const free = await Promise.all([port, port + 1, port + 2].map(isFree))
    if (free.every(Boolean)) return port
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise(done => {
    const server = createServer()
    server.once('error', () => done(false))
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
  })
