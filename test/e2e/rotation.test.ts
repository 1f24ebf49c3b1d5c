import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callJson } from '../../local/aws/json.ts'
import { demo, fixedId } from '../../local/seed.ts'
import { readPeppers } from '../../shared/domain/passwords/pepper.ts'
import { dataFolder, Stack } from './stack.ts'

const { data, remove } = dataFolder()
let stack: Stack
beforeAll(async () => {
  stack = await Stack.start(data)
}, 240_000)
afterAll(async () => {
  await stack?.stop()
  remove()
}, 60_000)

const secret = <Answer>(operation: string, SecretId: string, more: object = {}) =>
  callJson<Answer>(stack.awsUrl, `secretsmanager.${operation}`, { SecretId, ...more })
const turnedAt = async (id: string) =>
  (await secret<{ LastRotatedDate?: number }>('DescribeSecret', id)).LastRotatedDate ?? 0
const said = async (id: string) => (await secret<{ SecretString: string }>('GetSecretValue', id)).SecretString

const signIn = async (role: string, password: string = demo.password) => {
  const answer = await fetch(`${stack.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ practice: demo.slug, email: `${role}@${demo.slug}.example`, password }),
  })
  return answer.status
}

const keyidOf = async (role: string) => {
  const [user] = await stack.items(`USER#${fixedId('prc', demo.slug)}#${fixedId('usr', role)}`)
  return /keyid=([^$]+)/.exec(String(user?.passwordHash))?.[1]
}

describe('the pepper of the running system, turned by Secrets Manager and the rights of its function', () => {
  const id = 'haven/dev/pepper'

  it('turns while people sign in, and nobody is refused', async () => {
    const statuses = [await signIn('patient'), await signIn('biller')]
    await secret('RotateSecret', id)
    let last = 0
    while (last === 0 || statuses.length < 6) {
      statuses.push(await signIn('practitioner'))
      last = await turnedAt(id)
    }
    expect(statuses).toEqual(statuses.map(() => 200))
    expect(readPeppers(await said(id)).before).toHaveLength(1)
  }, 120_000)

  it('is known at once to a function that has kept the one before', async () => {
    // Nobody has changed a password before: that function fetches the pepper now, and the one of sign-in has it from before the turn.
    const admin = await stack.client('admin')
    const password = 'eleven patient otters in reeds'
    const body = { currentPassword: demo.password, password }
    expect((await admin.send('PUT', '/accounts/me/password', body)).status).toBe(200)
    const { id: present } = readPeppers(await said(id))
    expect(Buffer.from((await keyidOf('admin')) ?? '', 'base64').toString()).toBe(present)
    expect([await signIn('admin', password), await signIn('admin')]).toEqual([200, 401])
    // By that it has seen the turn, and whoever signs in now leaves the pepper of before behind.
    expect(await keyidOf('biller')).toBeUndefined()
    expect(await signIn('biller')).toBe(200)
    expect(await keyidOf('biller')).toBe(await keyidOf('admin'))
  }, 60_000)
})

describe('the secret of the edge of the running system', () => {
  it('gets a next one', async () => {
    const id = 'haven/dev/origin'
    await secret('RotateSecret', id)
    await expect.poll(() => turnedAt(id), { timeout: 30_000 }).toBeGreaterThan(0)
    expect(JSON.parse(await said(id))).toMatchObject({ previous: '', next: expect.stringMatching(/^.{43}$/) })
  }, 60_000)
})
