import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demo } from '../../local/seed.ts'
import { dataFolder, Stack } from './stack.ts'

const { data, remove } = dataFolder()
let stack: Stack
beforeAll(async () => {
  stack = await Stack.start(data)
}, 180_000)
afterAll(async () => {
  await stack?.stop()
  remove()
})

const email = `patient@${demo.slug}.example`

const post = async (path: string, body: object) =>
  fetch(`${stack.url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify(body),
  })
const signIn = async (password: string) => (await post('/auth/login', { practice: demo.slug, email, password })).status

/** The newest mail to an address that says so, as soon as it is there. */
async function mailTo(to: string, words: string): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const messages = await (await fetch(`${stack.url}/_local/outbox?to=${encodeURIComponent(to)}`)).json()
    const found = (messages as { text: string }[]).find(({ text }) => text.includes(words))
    if (found) return found.text
    await new Promise(done => setTimeout(done, 200))
  }
  throw new Error(`no mail says ${words}`)
}
const tokenIn = (text: string) => /#token=(\S+)/.exec(text)?.[1] ?? ''

describe('whoever forgot their password', () => {
  it('gets a link by mail, chooses another, signs in with it, and can undo it', async () => {
    expect(await signIn(demo.password)).toBe(200)
    expect((await post('/passwords/forgot', { practice: demo.slug, email })).status).toBe(204)
    expect((await post('/passwords/forgot', { practice: demo.slug, email: 'nobody@nowhere.example' })).status).toBe(204)

    const asked = await mailTo(email, '/reset-password#')
    const password = 'nine quiet herons at dawn'
    expect((await post('/passwords/reset', { token: tokenIn(asked), password })).status).toBe(204)
    expect((await post('/passwords/reset', { token: tokenIn(asked), password })).status).toBe(409)
    expect(await signIn(demo.password)).toBe(401)
    expect(await signIn(password)).toBe(200)

    const told = await mailTo(email, '/undo#')
    expect((await post('/accounts/undo', { token: tokenIn(told) })).status).toBe(204)
    expect(await signIn(password)).toBe(401)
  }, 120_000)

  it('is told of it once, and nobody else is', async () => {
    const messages = (await (await fetch(`${stack.url}/_local/outbox`)).json()) as { to: string[]; subject: string }[]
    expect(messages.map(({ to }) => to)).toEqual(messages.map(() => [email]))
    expect(messages.filter(({ subject }) => /changed/.test(subject))).toHaveLength(1)
  })
})
