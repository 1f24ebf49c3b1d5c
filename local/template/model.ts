import { readAssembly } from './assembly.ts'
import { readConsumers, readRules, readSchedules } from './events.ts'
import { readFunctions } from './functions.ts'
import { type Identities, type Resource, resolveResources } from './resolve.ts'
import { readRoutes } from './routes.ts'

/** An IAM policy document, as the templates hold it. */
export interface Policy {
  Version?: string
  Statement: object[]
}

/** A Lambda function. `code` is the folder of its bundle; `timeout` is in seconds and `memory` in megabytes. */
export interface LambdaFunction {
  name: string
  arn: string
  code: string
  handler: string
  environment: Record<string, string>
  timeout: number
  memory: number
  reserved?: number
  policies: Policy[]
}

/** A route of an HTTP API and the function behind it. `key` is API Gateway's route key, such as `GET /claims/{id}`. */
export interface Route {
  key: string
  method: string
  path: string
  functionName: string
  timeout: number
}

/** An event source mapping: what it reads, how it batches and what it does with failures. */
export interface Consumer {
  id: string
  functionName: string
  kind: 'sqs' | 'dynamodb'
  sourceArn: string
  enabled: boolean
  batchSize: number
  windowSeconds: number
  filters: object[]
  reportsItems: boolean
  maxAttempts: number
  maxAgeSeconds: number
  bisect: boolean
  onFailure?: string
  from: 'TRIM_HORIZON' | 'LATEST'
  maxConcurrency?: number
}

/** A schedule of EventBridge (`rule`) or of the Scheduler, and what it sends when it is due. */
export interface Schedule {
  name: string
  kind: 'rule' | 'scheduler'
  arn: string
  expression: string
  timezone: string
  functionName: string
  input?: string
  enabled: boolean
}

/** A rule of the default event bus: the events it takes, and the function that it hands them to. */
export interface EventRule {
  name: string
  pattern: object
  functionName: string
  input?: string
}

/** What an assembly describes, as far as it runs here. `resources` holds everything, for what needs the raw properties. */
export interface Model {
  functions: LambdaFunction[]
  routes: Route[]
  consumers: Consumer[]
  schedules: Schedule[]
  rules: EventRule[]
  resources: Resource[]
  ofType(type: string): Resource[]
}

/** Reads a synthesized assembly. Resource types that mean nothing here (alarms, dashboards, log groups) are left out. */
export function readModel(directory: string, identities?: Identities): Model {
  const resources = resolveResources(readAssembly(directory), identities)
  const ofType = (type: string) => resources.filter(resource => resource.type === type)
  return {
    functions: readFunctions(ofType),
    routes: readRoutes(ofType),
    consumers: readConsumers(ofType),
    schedules: readSchedules(ofType),
    rules: readRules(ofType),
    resources,
    ofType,
  }
}
