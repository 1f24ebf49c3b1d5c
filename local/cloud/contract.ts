import type { AwsService } from '../aws/service.ts'
import type { Logs } from '../lambda/logs.ts'
import type { Result } from '../lambda/pool.ts'
import type { Traces } from '../lambda/traces.ts'
import type { LambdaFunction, Model } from '../template/model.ts'
import type { Page } from './alarms.ts'

/** A service that also shows what it sent, such as mail and text messages. */
export interface LocalService extends AwsService {
  outbox?(query: URLSearchParams): unknown
}

export interface CloudOptions {
  /** The synthesized assembly, usually `cdk.out`. */
  assembly: string
  /** Where everything is kept: tables, queues, keys, logs, progress. */
  data: string
  /** The API's port; the AWS endpoint takes the next one. 0 takes free ones. */
  port: number
  /** The address that the API listens on; by default this machine alone. */
  host?: string
  /** How many execution environments may stand at once. */
  pool?: number
  /** Further services, made when the rest is known. */
  services?(context: { data: string; awsUrl(): string }): LocalService[]
  /** Values of secrets, by name; they win over the template's and replace what an earlier run gave. */
  secrets?: Record<string, string>
  /** Values for variables that functions declare, in place of the template's. */
  environment?: Record<string, string>
  /** What an invocation waits for, such as a rebuild of the function's code. */
  ready?(functionName: string): Promise<void> | undefined
  /** Takes the mails of alarms that go off, and of those that are over. */
  page?(page: Page): void
  say?(line: string): void
}

/** A running local cloud. */
export interface Cloud {
  url: string
  awsUrl: string
  /** The DynamoDB engine itself, without IAM. */
  dynamoUrl: string
  model(): Model
  functions(): LambdaFunction[]
  /** Runs a function with an event and gives its answer, like `aws lambda invoke`. */
  invoke(functionName: string, event: unknown): Promise<Result>
  /** Puts an event on the default bus, whose rules may hand it to functions. */
  emit(event: object): Promise<void>
  traces: Traces
  logs: Logs
  /** Runs the next request of the function on the bundle in `directory`. */
  replaceCode(functionName: string, directory: string): void
  /** Takes up a newly synthesized assembly. Data stays; what changed is made anew. */
  reload(assembly: string): Promise<void>
  /** Deletes what has expired, as happens once a minute. */
  sweep(): Promise<number>
  stop(): Promise<void>
}
