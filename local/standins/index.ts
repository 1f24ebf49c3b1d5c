import type { AwsService } from '../aws/service.ts'
import { type Chime, type ChimeOptions, chime } from './chime.ts'
import { type Kms, kms } from './kms.ts'
import { type Outbox, outbox } from './outbox.ts'
import { type SecretsManager, secretsManager } from './secrets-manager.ts'

export type { Attendee, Chime, ChimeOptions, Meeting, MeetingChange, MeetingEvent } from './chime.ts'
export type { Fault, Faults } from './faults.ts'
export type { KeySpec, Kms } from './kms.ts'
export type { Message, MessageFilter, Outbox } from './outbox.ts'
export type { SecretsManager } from './secrets-manager.ts'
export { type Served, serve } from './serve.ts'

export interface StandinOptions {
  /** The clock of them all, in milliseconds since the epoch. */
  now?: () => number
  chime?: Omit<ChimeOptions, 'now'>
}

/** The stand-ins of the AWS services that no package stands in for. */
export interface Standins {
  /** All of them, for the gateway. */
  services: AwsService[]
  secrets: Omit<SecretsManager, 'service'>
  kms: Omit<Kms, 'service'>
  chime: Omit<Chime, 'service'>
  outbox: Omit<Outbox, 'services'>
  /** Closes their files. What was acknowledged is on disk without it too. */
  stop(): void
}

/** Opens every stand-in on its own file in `dataDir`, which is made if it is missing. One process at a time. */
export function standins(dataDir: string, options: StandinOptions = {}): Standins {
  const { now } = options
  const { service: secretsService, ...secrets } = secretsManager(dataDir, now)
  const { service: kmsService, ...keys } = kms(dataDir, now)
  const { service: chimeService, ...meetings } = chime(dataDir, { ...options.chime, now })
  const { services: outboxServices, ...sent } = outbox(dataDir, now)
  const services = [secretsService, kmsService, chimeService, ...outboxServices]

  return {
    services,
    secrets,
    kms: keys,
    chime: meetings,
    outbox: sent,
    stop() {
      for (const service of services) void service.stop?.()
    },
  }
}
