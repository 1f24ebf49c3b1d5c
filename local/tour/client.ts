import { setTimeout as pause } from 'node:timers/promises'
import { generateSync } from 'otplib'
import { demo } from '../seed.ts'
import type { Answered } from './report.ts'

/** What a reply holds; a tour looks into it as a page's script would. */
// biome-ignore lint/suspicious/noExplicitAny: replies have many shapes
type Json = any

/** Who is told of every request, and of what a person should know. */
export interface Witness {
  request(answered: Answered): unknown
  note(line: string): unknown
}

/** A browser's page at the API: keeps the cookie, shows the CSRF value, and tells the report of every request. */
export class Client {
  readonly #base: string
  readonly #report: Witness
  readonly #who: string
  #cookie = ''
  #csrf = ''

  constructor(base: string, who: string, report: Witness) {
    this.#base = base
    this.#who = who
    this.#report = report
  }

  get = (what: string, path: string) => this.send(what, 'GET', path)
  post = (what: string, path: string, body?: object) => this.send(what, 'POST', path, body)

  /** Sends a request and fails the tour unless the answer is a success; `expect` names another status that is one here. */
  async send(what: string, method: string, path: string, body?: object, expect?: number): Promise<Json> {
    const signedIn = this.#cookie !== ''
    const began = performance.now()
    const response = await fetch(`${this.#base}/api/v1${path}`, {
      method,
      headers: {
        ...(this.#cookie && { cookie: this.#cookie }),
        ...(method !== 'GET' && { 'sec-fetch-site': 'same-origin', 'x-csrf': this.#csrf }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const ms = performance.now() - began
    const [cookie] = response.headers.getSetCookie()
    if (cookie) this.#cookie = cookie.split(';')[0] ?? ''
    const answer: Json = text && response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text
    const requestId = response.headers.get('apigw-requestid') ?? ''
    await this.#report.request({ who: this.#who, what, status: response.status, ms, requestId, signedIn })
    if (!response.ok && response.status !== expect) {
      throw new Refusal(`${method} ${path}`, response.status, answer, Number(response.headers.get('retry-after')))
    }
    this.#csrf = answer?.csrf ?? answer?.session?.csrf ?? this.#csrf
    return answer
  }

  /** Signs in as a demo user with password and a real one-time code. A code works once: a second tour waits for the next. */
  async signIn(): Promise<Json> {
    const email = `${this.#who}@${demo.slug}.example`
    await this.#patiently(() =>
      this.post('login', '/auth/login', { practice: demo.slug, email, password: demo.password }),
    )
    return this.#patiently(() =>
      this.post('MFA verify', '/mfa/verify', { code: generateSync({ secret: demo.totpSecret }) }),
    )
  }

  async #patiently(attempt: () => Promise<Json>): Promise<Json> {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt()
      } catch (error) {
        const code = error instanceof Refusal ? error.code : ''
        if (tries > 2 || !(error instanceof Refusal) || !['code-refused', 'rate-limited'].includes(code)) throw error
        const seconds = error.retryAfter || 31 - (Math.floor(Date.now() / 1000) % 30)
        this.#report.note(
          code === 'code-refused'
            ? `this code was used already: waiting ${seconds} s for the next`
            : `limited: waiting ${seconds} s`,
        )
        await pause(seconds * 1000)
      }
    }
  }
}

/** A request that was answered with a problem. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly retryAfter: number

  constructor(request: string, status: number, answer: Json, retryAfter: number) {
    super(
      `${request} was answered ${status} ${answer?.code ?? ''} ${JSON.stringify(answer?.errors ?? answer?.title ?? '')}`,
    )
    this.status = status
    this.code = answer?.code ?? ''
    this.retryAfter = retryAfter
  }
}
