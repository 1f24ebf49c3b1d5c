import { Logger } from '@aws-lambda-powertools/logger'

/** The only fields that a log line may hold: codes, ids of ours, and numbers. No body, header, address or name can be passed. */
export interface LogFields {
  requestId?: string
  action?: string
  practiceId?: string | undefined
  role?: string | undefined
  apiKeyId?: string | undefined
  status?: number
  code?: string | undefined
  ms?: number
  attempt?: number
  count?: number
  fault?: Fault
}

/** An unexpected error without its message, which might repeat a person's data: its name and where it came from. */
interface Fault {
  name: string
  code?: string | undefined
  at: string[]
  cause?: Fault
}

export type Event =
  | 'request'
  | 'request failed'
  | 'reply does not follow its schema'
  | 'AUDIT UNAVAILABLE'
  | 'denial not recorded'
  | 'session not extended'
  | 'use of a key not noted'
  | 'message'
  | 'message failed'

const logger = new Logger({ serviceName: 'haven', logLevel: 'INFO' })

export const info = (event: Event, fields: LogFields): void => logger.info(event, { ...fields })
export const alarm = (event: Event, fields: LogFields): void => logger.error(event, { ...fields })

/**
 * Counts a metric of an action, or of the whole system; dashboards and alarms read it. One line of the CloudWatch embedded
 * metric format, which a library would take 12 KB of every bundle for.
 */
export function count(name: string, action?: string, amount = 1): void {
  const metric = {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        {
          Namespace: 'Haven',
          Dimensions: [['service', ...(action ? ['action'] : [])]],
          Metrics: [{ Name: name, Unit: 'Count' }],
        },
      ],
    },
    service: 'haven',
    ...(action && { action }),
    [name]: amount,
  }
  process.stdout.write(`${JSON.stringify(metric)}\n`)
}

export function faultOf(error: unknown, depth = 0): Fault {
  if (!(error instanceof Error)) return { name: typeof error, at: [] }
  // The stack begins with the message, whose lines could look like places.
  const at = (error.stack ?? '')
    .replace(error.message, '')
    .split('\n')
    .filter(line => /^\s+at /.test(line))
    .slice(0, 8)
    .map(line => line.trim())
  const code = (error as { code?: unknown }).code
  return {
    name: error.name,
    ...(typeof code === 'string' && { code }),
    at,
    ...(error.cause !== undefined && depth < 3 && { cause: faultOf(error.cause, depth + 1) }),
  }
}
