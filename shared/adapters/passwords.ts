import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { secret } from './secrets.ts'

/** Cost of a guess: 64 MiB, 3 passes, 1 lane (RFC 9106 §4, second recommended option's memory). */
const cost = { memory: 65_536, passes: 3, parallelism: 1, tagLength: 32 }

type Cost = typeof cost

/**
 * argon2id with a pepper from Secrets Manager: a stolen table alone cannot be guessed against. The cost is stored with each
 * hash, so that it can be raised, and an unknown user is checked against a hash of the same cost, so that time tells nothing.
 */
export const passwords = () => ({
  async hash(password: string): Promise<string> {
    const salt = randomBytes(16)
    return encode(cost, salt, await digest(password, salt, cost))
  },

  /** Takes the same time whether the user exists or not. `outdated` asks for a new hash at today's cost. */
  async verify(password: string, encoded: string | undefined): Promise<{ right: boolean; outdated: boolean }> {
    const stored = decode(encoded ?? nobody)
    const tried = await digest(password, stored.salt, stored.cost)
    const right = timingSafeEqual(tried, stored.hash) && encoded !== undefined
    return { right, outdated: stored.cost.memory !== cost.memory || stored.cost.passes !== cost.passes }
  },
})

/** The hash of no password: what an unknown user is checked against. */
const nobody = encode(cost, Buffer.alloc(16), Buffer.alloc(32))

async function digest(password: string, nonce: Buffer, using: Cost): Promise<Buffer> {
  const parameters: Argon2Parameters = {
    message: password.normalize('NFC'),
    nonce,
    secret: await secret('pepper'),
    ...using,
  }
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, hash) => (error ? reject(error) : resolve(hash)))
  })
}

/** The PHC string format, as argon2's reference implementation writes it. */
function encode({ memory, passes, parallelism }: Cost, salt: Buffer, hash: Buffer): string {
  const plain = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${plain(salt)}$${plain(hash)}`
}

function decode(encoded: string): { cost: Cost; salt: Buffer; hash: Buffer } {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(encoded)
  if (!match) throw new Error('a stored password hash is not of the argon2id form')
  const [, memory, passes, parallelism, salt = '', hash = ''] = match
  const stored = {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism), tagLength: 32 },
  }
  return { ...stored, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') }
}
