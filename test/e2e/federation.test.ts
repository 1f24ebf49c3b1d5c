import { generateSync } from 'otplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cloud, startCloud } from '../../local/cloud.ts'
import { demo, seed } from '../../local/seed.ts'
import { standins } from '../../local/standins/index.ts'
import { assemble } from '../../local/start/assembly.ts'
import { startApple } from '../harness/federation/apple.ts'
import { startCertified } from '../harness/federation/certified.ts'
import { dataFolder } from './stack.ts'

/** Federation over HTTP, in the bundles that are deployed, each with its own rights: a grant too few shows here. */
const { data, remove } = dataFolder()
const origin = 'http://localhost:3000'
let cloud: Cloud
let harbor: Awaited<ReturnType<typeof startCertified>>
let apple: Awaited<ReturnType<typeof startApple>>
const jar = new Map<string, string>()

async function ask(method: string, path: string, body?: object, form?: Record<string, string>) {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const proof = method !== 'GET' && { 'sec-fetch-site': form ? 'cross-site' : 'same-origin', 'x-csrf': csrf }
  const response = await fetch(`${cloud.url}/api/v1${path}`, {
    method,
    redirect: 'manual',
    headers: { cookie, ...proof, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
    ...(form && { body: new URLSearchParams(form) }),
  })
  for (const header of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? []
    jar.set(name, value)
  }
  const text = await response.text()
  const reply = text ? JSON.parse(text) : undefined
  csrf = reply?.csrf ?? csrf
  return { status: response.status, location: response.headers.get('location'), body: reply }
}
let csrf = ''

beforeAll(async () => {
  const { directory } = await assemble(process.cwd())
  ;[harbor, apple] = await Promise.all([
    startCertified(`${origin}/api/v1/federation/callbacks/harbor-id`),
    startApple(),
  ])
  const configured = JSON.stringify({ 'harbor-id': harbor.configured, apple: apple.configured })
  cloud = await startCloud({
    assembly: directory,
    data,
    port: 0,
    services: () => standins(data).services,
    secrets: { 'haven/dev/identity-providers': configured },
  })
  const environment = Object.assign({}, ...cloud.functions().map(spec => spec.environment))
  await seed({ awsUrl: cloud.awsUrl, tableName: 'haven-dev', environment })
})
afterAll(async () => {
  await cloud?.stop()
  await Promise.all([harbor?.stop(), apple?.stop()])
  remove()
})

describe('a patient', () => {
  const code = () => generateSync({ secret: demo.totpSecret })

  it('finds the providers of the practice', async () => {
    const { body } = await ask('GET', `/federation/providers?practice=${demo.slug}`)
    expect(body.items).toEqual([
      { provider: 'harbor-id', name: 'Harbor ID' },
      { provider: 'apple', name: 'Apple' },
    ])
  })

  it('links an account at each, in a session with both factors', async () => {
    const email = `patient@${demo.slug}.example`
    await ask('POST', '/auth/login', { practice: demo.slug, email, password: demo.password })
    expect((await ask('POST', '/mfa/verify', { code: code() })).body.aal).toBe('aal2')

    const begun = await ask('POST', '/federation/identities', { provider: 'harbor-id' })
    const said = await harbor.signIn(begun.body.authorizationUrl, 'ines')
    const back = await ask('GET', `/federation/callbacks/harbor-id?${new URLSearchParams(said)}`)
    expect([back.status, back.location]).toEqual([303, `${origin}/account/security`])

    const other = await ask('POST', '/federation/identities', { provider: 'apple' })
    const form = apple.signIn(other.body.authorizationUrl, '001.ines')
    expect((await ask('POST', '/federation/callbacks/apple', undefined, form)).status).toBe(303)
    expect((await ask('GET', '/federation/identities')).body.items).toHaveLength(2)
  })

  it('unlinks one of them', async () => {
    const { body } = await ask('GET', '/federation/identities')
    const { identityId } = body.items.find(({ provider }: { provider: string }) => provider === 'apple')
    expect((await ask('DELETE', `/federation/identities/${identityId}`)).status).toBe(200)
  })

  it('signs in with the other, and owes the second factor still', async () => {
    jar.clear()
    const begun = await ask('POST', '/federation/flows', { practice: demo.slug, provider: 'harbor-id', returnTo: '/' })
    const said = await harbor.signIn(begun.body.authorizationUrl, 'ines')
    const back = await ask('GET', `/federation/callbacks/harbor-id?${new URLSearchParams(said)}`)
    expect([back.status, back.location]).toEqual([303, `${origin}/`])
    expect((await ask('GET', '/sessions/current')).body).toMatchObject({ amr: ['fed'], next: 'mfa-verify' })
  })

  it('is refused with the one that was unlinked', async () => {
    jar.clear()
    const begun = await ask('POST', '/federation/flows', { practice: demo.slug, provider: 'apple' })
    const form = apple.signIn(begun.body.authorizationUrl, '001.ines')
    const { status, body } = await ask('POST', '/federation/callbacks/apple', undefined, form)
    expect([status, body.code]).toEqual([401, 'federation-refused'])
  })
})
