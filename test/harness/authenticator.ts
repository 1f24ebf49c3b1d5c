import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import type {
  AssertionAnswer,
  CreationOptions,
  RegistrationAnswer,
  RequestOptions,
} from '../../shared/schema/passkeys.ts'
import { type Cbor, cbor } from './cbor.ts'
import { place } from './index.ts'

/** COSE algorithms: EdDSA, ES256, ES384, which is not taken, and RS256. */
export type Algorithm = -8 | -7 | -35 | -257

/** What an answer may lie about. */
export interface Lies {
  origin?: string
  rpId?: string
  challenge?: string
  type?: string
  crossOrigin?: boolean
  topOrigin?: string
  present?: boolean
  verified?: boolean
  backupEligible?: boolean
  backedUp?: boolean
  counter?: number
  userHandle?: string | undefined
  /** The id that stands beside what is signed. */
  id?: string
  /** Signs with another credential's key. */
  signer?: Credential
  /** The attestation statement's format and content. */
  format?: string
  statement?: Map<string, Cbor>
  /** Attests itself by its new key (WebAuthn §8.2), as some do unasked. No lie, but seldom. */
  selfAttested?: boolean
}

/** A resident credential. */
export interface Credential {
  id: string
  privateKey: KeyObject
  publicKey: Buffer
  algorithm: Algorithm
  userHandle: string
  counter: number
}

const hashes: Record<Algorithm, string | undefined> = {
  [-8]: undefined,
  [-7]: 'sha256',
  [-35]: 'sha384',
  [-257]: 'sha256',
}

/** An authenticator with resident keys and user verification, without a browser before it: it signs whatever it is told. */
export class Authenticator {
  readonly credentials: Credential[] = []
  readonly #algorithm: Algorithm
  readonly #counts: boolean

  /** One that does not count is a synced passkey. */
  constructor({ algorithm = -7, counts = true }: { algorithm?: Algorithm; counts?: boolean } = {}) {
    this.#algorithm = algorithm
    this.#counts = counts
  }

  get credential(): Credential {
    const [first] = this.credentials
    if (!first) throw new Error('the authenticator has no credential')
    return first
  }

  /** `navigator.credentials.create` (WebAuthn §6.3.2). */
  create({ publicKey: options }: CreationOptions, lies: Lies = {}): RegistrationAnswer {
    const credential = newCredential(this.#algorithm, options.user.id)
    this.credentials.push(credential)
    const attested = Buffer.concat([
      Buffer.alloc(16),
      Buffer.from([0, Buffer.from(credential.id, 'base64url').length]),
      Buffer.from(credential.id, 'base64url'),
      credential.publicKey,
    ])
    const data = this.#authenticatorData(options.rp.id, 0, lies, attested)
    const clientDataJSON = clientData('webauthn.create', options.challenge, lies)
    const self = () =>
      new Map<string, Cbor>([
        ['alg', credential.algorithm],
        ['sig', signed(credential, data, clientDataJSON)],
      ])
    const statement = lies.statement ?? (lies.selfAttested ? self() : new Map<string, Cbor>())
    const attestation = new Map<string, Cbor>([
      ['fmt', lies.format ?? (lies.selfAttested ? 'packed' : 'none')],
      ['attStmt', statement],
      ['authData', data],
    ])
    return {
      ...answerOf(lies.id ?? credential.id),
      response: {
        clientDataJSON,
        attestationObject: cbor(attestation).toString('base64url'),
        transports: ['internal'],
      },
    }
  }

  /** `navigator.credentials.get` (WebAuthn §6.3.3). */
  get(
    { publicKey: options }: RequestOptions,
    lies: Lies = {},
    credential: Credential = this.credential,
  ): AssertionAnswer {
    if (this.#counts) credential.counter++
    const data = this.#authenticatorData(options.rpId, credential.counter, lies)
    const json = clientData('webauthn.get', options.challenge, lies)
    const signature = signed(lies.signer ?? credential, data, json)
    const userHandle = 'userHandle' in lies ? lies.userHandle : credential.userHandle
    return {
      ...answerOf(lies.id ?? credential.id),
      response: {
        clientDataJSON: json,
        authenticatorData: data.toString('base64url'),
        signature: signature.toString('base64url'),
        ...(userHandle !== undefined && { userHandle }),
      },
    }
  }

  /** WebAuthn §6.1: hash of the relying party, flags, count, and of a new credential its key. */
  #authenticatorData(rpId: string, counter: number, lies: Lies, attested?: Buffer): Buffer {
    const { present = true, verified = true, backupEligible = !this.#counts, backedUp = !this.#counts } = lies
    const bits = [present, false, verified, backupEligible, backedUp, false, attested !== undefined]
    const flags = bits.reduce((sum, bit, index) => sum | (Number(bit) << index), 0)
    const tail = Buffer.alloc(5)
    tail.writeUInt8(flags)
    tail.writeUInt32BE(lies.counter ?? counter, 1)
    const rpIdHash = createHash('sha256')
      .update(lies.rpId ?? rpId)
      .digest()
    return Buffer.concat([rpIdHash, tail, attested ?? Buffer.alloc(0)])
  }
}

/** A signature over the authenticator's data and the hash of the client's (WebAuthn §6.3.3). */
function signed({ algorithm, privateKey }: Credential, data: Buffer, clientDataJSON: string): Buffer {
  const hash = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest()
  return sign(hashes[algorithm], Buffer.concat([data, hash]), privateKey)
}

function clientData(type: string, challenge: string, lies: Lies): string {
  const { origin = place.environment.PORTAL_ORIGIN, crossOrigin = false, topOrigin } = lies
  const data = { type: lies.type ?? type, challenge: lies.challenge ?? challenge, origin, crossOrigin, topOrigin }
  return Buffer.from(JSON.stringify(data)).toString('base64url')
}

const answerOf = (id: string) => ({ id, rawId: id, type: 'public-key' as const, clientExtensionResults: {} })

function newCredential(algorithm: Algorithm, userHandle: string): Credential {
  const { privateKey, publicKey } = keyPair(algorithm)
  const { x = '', y = '', n = '', e = '' } = publicKey.export({ format: 'jwk' })
  const bytes = (text: string) => Buffer.from(text, 'base64url')
  const key: [number, Cbor][] =
    algorithm === -257
      ? [
          [1, 3],
          [3, -257],
          [-1, bytes(n)],
          [-2, bytes(e)],
        ]
      : algorithm === -8
        ? [
            [1, 1],
            [3, -8],
            [-1, 6],
            [-2, bytes(x)],
          ]
        : [
            [1, 2],
            [3, algorithm],
            [-1, algorithm === -7 ? 1 : 2],
            [-2, bytes(x)],
            [-3, bytes(y)],
          ]
  const id = randomBytes(32).toString('base64url')
  return { id, privateKey, publicKey: cbor(new Map(key)), algorithm, userHandle, counter: 0 }
}

function keyPair(algorithm: Algorithm) {
  if (algorithm === -8) return generateKeyPairSync('ed25519')
  if (algorithm === -257) return generateKeyPairSync('rsa', { modulusLength: 2048 })
  return generateKeyPairSync('ec', { namedCurve: algorithm === -7 ? 'P-256' : 'P-384' })
}
