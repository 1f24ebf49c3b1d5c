import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callJson } from '../../local/aws/json.ts'
import { demo, fixedId } from '../../local/seed.ts'
import { readVersions } from '../../shared/domain/secretVersions.ts'
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
    expect(readVersions(await said(id)).before).toHaveLength(1)
  }, 120_000)

  it('is known at once to a function that has kept the one before', async () => {
    // Nobody has changed a password before: that function fetches the pepper now, and the one of sign-in has it from before the turn.
    const admin = await stack.client('admin')
    const password = 'eleven patient otters in reeds'
    const body = { currentPassword: demo.password, password }
    expect((await admin.send('PUT', '/accounts/me/password', body)).status).toBe(200)
    const { id: present } = readVersions(await said(id))
    expect(Buffer.from((await keyidOf('admin')) ?? '', 'base64').toString()).toBe(present)
    expect([await signIn('admin', password), await signIn('admin')]).toEqual([200, 401])
    // By that it has seen the turn, and whoever signs in now leaves the pepper of before behind.
    expect(await keyidOf('biller')).toBeUndefined()
    expect(await signIn('biller')).toBe(200)
    expect(await keyidOf('biller')).toBe(await keyidOf('admin'))
  }, 60_000)
})

describe('the secret of the keys of records of the running system', () => {
  const id = 'haven/dev/record-keys'
  const keys = async () =>
    (
      await callJson<{ Items: { by?: { S: string } }[] }>(stack.awsUrl, 'DynamoDB_20120810.Scan', {
        TableName: 'haven-dev-keys',
        ConsistentRead: true,
      })
    ).Items

  it('turns while records are read, and the worker wraps every key anew by its own role', async () => {
    const admin = await stack.client('admin')
    const read = async () => (await admin.send('GET', '/patients')).status
    const statuses = [await read()]
    await secret('RotateSecret', id)
    for (let last = 0; last === 0; last = await turnedAt(id)) statuses.push(await read())
    statuses.push(await read())
    expect(statuses).toEqual(statuses.map(() => 200))

    // A worker waits for ten minutes after a turn: they are over when the system stands again.
    await stack.stop()
    const sqlite = new DatabaseSync(join(data, 'standins', 'secrets-manager.sqlite'))
    const { document } = sqlite.prepare('SELECT document FROM secrets WHERE id = ?').get(id) as { document: string }
    const known = JSON.parse(document) as { rotation: object; versions: { createdAt: number }[] }
    const rotation = { ...known.rotation, lastAt: Date.now() / 1_000 - 1_200 }
    const older = {
      ...known,
      rotation,
      versions: known.versions.map(each => ({ ...each, createdAt: each.createdAt - 1_200 })),
    }
    sqlite.prepare('UPDATE secrets SET document = ? WHERE id = ?').run(JSON.stringify(older), id)
    sqlite.close()
    stack = await Stack.start(data)

    expect((await keys()).filter(({ by }) => by)).toEqual([])
    const worker = `${stack.url}/_local/functions/haven-dev-maintenance-wrap-record-keys/invocations`
    expect((await fetch(worker, { method: 'POST', body: '{}' })).headers.get('x-amz-function-error')).toBeNull()
    const { id: present } = readVersions(await said(id))
    expect(new Set((await keys()).map(({ by }) => by?.S))).toEqual(new Set([present]))
    expect((await admin.at(stack.url).send('GET', '/patients')).status).toBe(200)
  }, 240_000)
})

describe('the secret of the edge of the running system', () => {
  it('gets a next one', async () => {
    const id = 'haven/dev/origin'
    await secret('RotateSecret', id)
    await expect.poll(() => turnedAt(id), { timeout: 30_000 }).toBeGreaterThan(0)
    expect(JSON.parse(await said(id))).toMatchObject({ previous: '', next: expect.stringMatching(/^.{43}$/) })
  }, 60_000)
})
