import type { AwsService } from '../aws/service.ts'
import { openDatabase } from './database.ts'
import { type Faults, faults } from './faults.ts'
import { encryptionOperations } from './kms/encryption.ts'
import { arnOf, idOf, type Key, type KeySpec, openKeys } from './kms/keys.ts'
import { managementOperations } from './kms/management.ts'
import { signingOperations } from './kms/signing.ts'
import { service, targetRoute } from './operation.ts'
import { awsJson } from './protocol.ts'

export type { KeySpec } from './kms/keys.ts'

/** AWS KMS on this machine. */
export interface Kms {
  service: AwsService
  faults: Faults
  /**
   * Makes the key if it is missing and returns its ARN, which is the same for the same `id` at every start. An id that
   * is not a UUID, such as a template's logical id, is turned into one. Aliases begin with `alias/`.
   */
  ensureKey(id: string, spec?: KeySpec, aliases?: readonly string[]): string
}

/**
 * Opens KMS on `<dataDir>/kms.sqlite`: real AES-256-GCM bound to the encryption context, ECDSA on P-256, HMAC-SHA-256.
 * The key material lies unprotected in that file, so nothing real belongs under it.
 */
export function kms(dataDir: string, now: () => number = Date.now): Kms {
  const database = openDatabase(dataDir, 'kms')
  const keys = openKeys(database.collection<Key>('keys'), database.collection('aliases'), now)
  const injected = faults()

  return {
    faults: injected,
    service: service({
      names: ['kms'],
      protocol: awsJson('1.1'),
      route: targetRoute('TrentService'),
      operations: { ...managementOperations(keys), ...encryptionOperations(keys), ...signingOperations(keys) },
      faults: injected,
      stop: () => database.close(),
    }),
    ensureKey(id, spec = 'SYMMETRIC_DEFAULT', aliases = []) {
      const key = keys.find(idOf(id)) ?? keys.create(spec, { id: idOf(id), description: id })
      if (key.spec !== spec) throw new Error(`The key ${id} is ${key.spec}, not ${spec}: a key's kind cannot change.`)
      for (const alias of aliases) if (keys.find(alias)?.id !== key.id) keys.alias(alias, key)
      return arnOf(key.id)
    },
  }
}
