import type { PracticeId } from '../schema/ids.ts'
import type { Instant } from '../schema/time.ts'
import type { Actor } from './actor.ts'

/** What a function may do to the table. There is no scan and no batch write. */
export type TableVerb = 'get' | 'query' | 'put' | 'update' | 'delete' | 'check'

/** A need that becomes an IAM statement, and an environment variable that names the resource. */
export type Grant =
  | { table: readonly TableVerb[]; keys: readonly `${string}#*`[]; index?: readonly IndexName[] }
  /** The keys of patients. Whatever reads or writes sealed records reads them, and need not say so. */
  | { recordKeys: readonly ('read' | 'make' | 'destroy')[] }
  /** Read it, only ask whether it is there, put another value in its place, or turn it by the steps of Secrets Manager. */
  | { secret: SecretName; may?: 'describe' | 'replace' | 'rotate' }
  /** Change what the edge says to the API, where there is one: `DISTRIBUTION_ID`. */
  | { edge: true }
  | { key: KeyName; may: readonly ('encrypt' | 'decrypt')[] }
  /** Signs with a key whose private half never leaves KMS; anybody may check with its public half. */
  | { signer: SignerName; may: readonly ('sign' | 'read')[] }
  /** Objects are put and read, all of a bucket or those under a prefix. Nothing deletes. */
  | { bucket: BucketName; under?: `${string}/`; may: readonly ('put' | 'get')[] }
  | { queue: QueueName; may: readonly 'send'[] }
  | { chime: readonly ChimeVerb[] }
  /** Sends mail from the one address of ours, `MAIL_FROM`. */
  | { mail: true }
  /** Sends texts from the one number or pool of ours, `SMS_FROM`. */
  | { sms: true }
  /** Be told something of the deployment. */
  | { setting: SettingName }

/** `lsi…` are another order of the items of one partition of the table itself: of audit records alone. */
export type IndexName = 'gsi1' | 'gsi2' | 'gsi3' | LocalIndexName
export type LocalIndexName = 'lsi1' | 'lsi2'
export type SecretName =
  | 'pepper'
  | 'clearinghouse'
  | 'links'
  | 'cursors'
  | 'signing'
  | 'identity-providers'
  | 'captcha'
  | 'origin'
  | 'record-keys'
export type SettingName = 'origin' | 'breach-range'
export type KeyName = 'factors' | 'psychotherapy' | 'substance-use'
export type SignerName = 'seal'
export type BucketName = 'archive' | 'records'
export type QueueName = 'claims' | 'reviews' | 'exports' | 'copies'
export type ChimeVerb = 'CreateMeeting' | 'DeleteMeeting' | 'CreateAttendee' | 'DeleteAttendee'

/** The environment variable in which a function finds the ARN of a secret: `SECRET_IDENTITY_PROVIDERS`. */
export const secretVariable = (name: SecretName): string => `SECRET_${name.toUpperCase().replaceAll('-', '_')}`

/** The environment variable in which a function finds the ARN of a key: `KEY_SUBSTANCE_USE`. */
export const keyVariable = (name: KeyName): string => `KEY_${name.toUpperCase().replaceAll('-', '_')}`

/** Whose things a key seals: every use of it must name them, and a ciphertext opens for nobody else. */
export const keySubject = {
  factors: 'userId',
  psychotherapy: 'patientId',
  'substance-use': 'patientId',
} as const satisfies Record<KeyName, string>

/** The environment variable in which a function finds a setting: `PORTAL_ORIGIN`. */
export const settingVariable = (name: SettingName): string => `PORTAL_${name.toUpperCase().replaceAll('-', '_')}`

/** What a port is bound to for one request, so that an action cannot name another practice. */
export interface Binding {
  actor: Actor
  /** Absent for an anonymous caller and for a worker that serves all practices. */
  practiceId: PracticeId | undefined
  now: Instant
  signal: AbortSignal
  /** Where the request came from; a worker's comes from nowhere. */
  source?: { address: string; client: string }
}

/** An outside thing that an action may use: what it needs of IAM, and a loader that brings its code only when it is used. */
export interface Port<Api> {
  readonly grants: readonly Grant[]
  readonly load: () => Promise<(binding: Binding) => Api>
}

export type Uses = Readonly<Record<string, Port<unknown>>>

/** Spaces of keys in which items are sealed under the key of their patient. */
const sealedSpaces = [
  'PATIENT',
  'COVERAGE',
  'CLAIM',
  'INTERCHANGE',
  'AMENDMENT',
  'DISCLOSURE',
  'BREAKGLASS',
  'PSYCHOTHERAPY',
  'SUBSTANCEUSE',
] as const

/** Whether a partition's key, or a grant's, is of such a space. */
export const isSealed = (pk: string): boolean => sealedSpaces.some(space => pk.startsWith(`${space}#`))

/** Whether what has these ports opens or seals records. To check or delete one takes no key. */
export const needsRecordKeys = (uses: Uses): boolean =>
  Object.values(uses)
    .flatMap(({ grants }) => grants)
    .some(
      grant =>
        'table' in grant &&
        grant.table.some(verb => verb === 'get' || verb === 'query' || verb === 'put') &&
        grant.keys.some(isSealed),
    )

/** The ports of an action as its handler sees them: bound. */
export type Bound<U extends Uses> = { [Name in keyof U]: U[Name] extends Port<infer Api> ? Api : never }

/** Declares a port. Ports that load different modules stand in different files: a bundle carries what its file can load. */
export const port = <Api>(declaration: Port<Api>): Port<Api> => declaration
