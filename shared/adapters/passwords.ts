import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { readVersions, versionOf } from '../domain/secretVersions.ts'
import type { SecretVersion, SecretVersions } from '../schema/secrets.ts'
import { forgetSecret, secret } from './secrets.ts'

/** Cost of a guess: 64 MiB, 3 passes, 1 lane (RFC 9106 §4, second recommended option's memory). */
const cost = { memory: 65_536, passes: 3, parallelism: 1, tagLength: 32 }

type Cost = typeof cost

/**
 * argon2id with a pepper from Secrets Manager: a stolen table alone cannot be guessed against. The cost is stored with each
 * hash and so is which pepper it was, so that both can be changed, and an unknown user is checked against a hash of the same cost,
 * so that time tells nothing.
 */
export const passwords = () => ({
  async hash(password: string): Promise<string> {
    const salt = randomBytes(16)
    const pepper = await peppers()
    return encode(cost, pepper.id, salt, await digest(password, salt, cost, pepper))
  },

  /** Takes the same time whether the user exists or not. `outdated` asks for a new hash at today's cost and under today's pepper. */
  async verify(password: string, encoded: string | undefined): Promise<{ right: boolean; outdated: boolean }> {
    const stored = encoded === undefined ? undefined : decode(encoded)
    const known = await peppers(stored?.pepperId)
    const pepper = stored ? versionOf(known, stored.pepperId) : known
    if (!pepper) throw new Error('a stored password hash names a pepper that is not there')
    const against = stored ?? nobody
    const tried = await digest(password, against.salt, against.cost, pepper)
    const right = timingSafeEqual(tried, against.hash) && stored !== undefined
    const isOfToday = against.cost.memory === cost.memory && against.cost.passes === cost.passes
    return { right, outdated: !isOfToday || pepper.id !== known.id }
  },
})

/** The peppers. When one is not known here, it is newer than what is: others have seen a turn first. */
async function peppers(id?: string): Promise<SecretVersions> {
  const known = readVersions(await secret('pepper'))
  if (id === undefined || versionOf(known, id)) return known
  forgetSecret('pepper')
  return readVersions(await secret('pepper'))
}

/** The hash of no password: what an unknown user is checked against. */
const nobody = { cost, salt: Buffer.alloc(16), hash: Buffer.alloc(32) }

async function digest(password: string, nonce: Buffer, using: Cost, pepper: SecretVersion): Promise<Buffer> {
  const parameters: Argon2Parameters = {
    message: password.normalize('NFC'),
    nonce,
    secret: pepper.value,
    ...using,
  }
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, hash) => (error ? reject(error) : resolve(hash)))
  })
}

/** The PHC string format, as argon2's reference implementation writes it; `keyid` says which pepper, and stands not for the first. */
function encode({ memory, passes, parallelism }: Cost, pepperId: string, salt: Buffer, hash: Buffer): string {
  const plain = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  const keyid = pepperId && `,keyid=${plain(Buffer.from(pepperId))}`
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}${keyid}$${plain(salt)}$${plain(hash)}`
}

function decode(encoded: string): { cost: Cost; pepperId: string; salt: Buffer; hash: Buffer } {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)(?:,keyid=([^$,]+))?\$([^$]+)\$([^$]+)$/.exec(encoded)
  if (!match) throw new Error('a stored password hash is not of the argon2id form')
  const [, memory, passes, parallelism, keyid = '', salt = '', hash = ''] = match
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism), tagLength: 32 },
    pepperId: Buffer.from(keyid, 'base64').toString(),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  }
}
