import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { dynamodb } from './aws/dynamodb.ts'
import { type Endpoint, startEndpoint } from './aws/endpoint.ts'
import { lambda } from './aws/lambda.ts'
import { startMessaging } from './aws/messaging.ts'
import { account } from './aws/service.ts'
import { startAlarms } from './cloud/alarms.ts'
import { type Consumers, startConsumers } from './cloud/consumers.ts'
import type { Cloud, CloudOptions, LocalService } from './cloud/contract.ts'
import { controlRoutes } from './cloud/control.ts'
import { provision, provisionRotations } from './cloud/provision.ts'
import { variablesFor } from './cloud/variables.ts'
import { startDynamo, sweepExpired } from './dynamodb/engine.ts'
import { tableKeys } from './dynamodb/keys.ts'
import { emit } from './events/bus.ts'
import { fileCheckpoint } from './events/checkpoint.ts'
import { startGateway } from './gateway/http-api.ts'
import { Logs } from './lambda/logs.ts'
import { Pool, type Result } from './lambda/pool.ts'
import { Traces } from './lambda/traces.ts'
import { type LambdaFunction, readModel } from './template/model.ts'
import type { Identities } from './template/resolve.ts'

export type { Cloud, CloudOptions, LocalService } from './cloud/contract.ts'

/** Runs a synthesized assembly on this machine: its functions, routes, tables, queues and schedules, under its IAM policies. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const { data } = options
  let stopping = false
  // What breaks off at the end is no news.
  const say = (line: string) => void (stopping || options.say?.(line))
  mkdirSync(data, { recursive: true })
  let model = readModel(options.assembly)
  let endpoint: Endpoint | undefined
  let gateway: Awaited<ReturnType<typeof startGateway>> | undefined
  let consumers: Consumers | undefined
  const replaced = new Map<string, string>()
  const startedAt = new Date()
  const awsUrl = () => endpoint?.url ?? ''
  // What the browser calls it is known once it listens: passkeys and links are of this origin and of no other.
  const url = () => `http://localhost:${gateway?.port ?? options.port}`

  const logs = new Logs(join(data, 'logs'))
  const traces = new Traces()
  const alarms = startAlarms(
    () => model,
    page => options.page?.(page),
  )
  const [dynamo, messaging] = await Promise.all([
    startDynamo({
      file: join(data, 'dynamodb.sqlite'),
      failed: () => say('The embedded DynamoDB has ended. Stop and start again: what it acknowledged is kept.'),
    }),
    startMessaging(join(data, 'messaging'), awsUrl),
  ])
  const pool = new Pool({
    find: name => withCode(model.functions.find(spec => spec.name === name)),
    variables: (spec, accessKey) =>
      variablesFor(spec, accessKey, awsUrl(), { PORTAL_ORIGIN: url(), ...options.environment }),
    write(name, line, requestId) {
      logs.write(name, line, requestId)
      alarms.hear(line)
    },
    ...(options.pool && { overall: options.pool }),
  })
  const services: LocalService[] = [
    dynamodb({ endpoint: dynamo.endpoint, keys: table => tableKeys(model, table), wrote: () => consumers?.nudge() }),
    messaging.service,
    lambda((name, event) => invoke(name, event)),
    ...(options.services?.({ data, awsUrl }) ?? []),
  ]
  endpoint = await startEndpoint({
    services,
    port: options.port && options.port + 1,
    caller(accessKey) {
      const environment = pool.environment(accessKey)
      if (!environment) return undefined
      const { name, policies } = environment.spec
      const arn = `arn:aws:sts::${account}:assumed-role/${name}/${name}`
      return { arn, policies, requestId: environment.requestId }
    },
    record: call => traces.record(call),
    say,
  })
  const identities = fileCheckpoint<Identities>(data, 'identities')
  await takeUp(options.assembly)
  gateway = await startGateway({
    port: options.port,
    host: options.host,
    routes: () => model.routes,
    invoke,
    before: controlRoutes({
      functions: describeFunctions,
      invoke: (name, event) => invoke(name, event),
      status,
      outbox: query => services.find(service => service.outbox)?.outbox?.(query),
      traces,
      logs,
    }),
    say,
  })
  consumers = startAll()
  const sweeper = setInterval(() => {
    alarms.tick()
    sweep().catch(cause => say(`ttl: ${cause}`))
  }, 60_000)

  return {
    url: url(),
    awsUrl: awsUrl(),
    dynamoUrl: dynamo.endpoint,
    model: () => model,
    functions,
    invoke: (name, event) => invoke(name, JSON.stringify(event ?? {})),
    emit: event => emit(model.rules, event, (name, input) => invoke(name, input), say),
    traces,
    logs,
    replaceCode(name, directory) {
      replaced.set(name, directory)
      pool.retire(name)
    },
    async reload(assembly) {
      const before = new Map(functions().map(spec => [spec.name, JSON.stringify(spec)]))
      const old = consumers
      consumers = undefined
      await old?.stop()
      replaced.clear()
      await takeUp(assembly)
      for (const spec of functions()) if (before.get(spec.name) !== JSON.stringify(spec)) pool.retire(spec.name)
      consumers = startAll()
    },
    sweep,
    async stop() {
      stopping = true
      clearInterval(sweeper)
      await gateway?.stop()
      // A function in the middle of a batch gets a moment; what it does not finish is delivered again at the next start.
      await Promise.race([consumers?.stop(), new Promise(resolve => setTimeout(resolve, 2_000).unref())])
      await pool.stop()
      await endpoint?.stop()
      for (const service of services) await service.stop?.()
      await logs.stop()
      await dynamo.stop()
    },
  }

  async function takeUp(assembly: string) {
    model = readModel(assembly, identities.read())
    const has = (name: string) => services.some(({ names }) => names.includes(name))
    const { secrets = {} } = options
    const made = { model, awsUrl: awsUrl(), dynamoUrl: dynamo.endpoint, messaging, has, secrets, identities }
    model = readModel(assembly, await provision(made))
    if (has('secretsmanager')) await provisionRotations(awsUrl(), model)
  }

  function startAll(): Consumers {
    return startConsumers({ model, data, awsUrl: awsUrl(), invoke: (name, event) => invoke(name, event), say })
  }

  async function invoke(functionName: string, event: string, apiRequestId?: string): Promise<Result> {
    await options.ready?.(functionName)
    const begin = (requestId: string) => traces.begin({ requestId, functionName, apiRequestId })
    const result = await pool.invoke(functionName, event, begin)
    const { requestId, ms, initMs, functionError } = result
    traces.end(requestId, { ms, initMs, failed: functionError !== undefined })
    return result
  }

  function functions(): LambdaFunction[] {
    return model.functions.map(withCode)
  }

  function withCode<Spec extends LambdaFunction | undefined>(spec: Spec): Spec {
    const code = spec && replaced.get(spec.name)
    return code ? { ...spec, code } : spec
  }

  function sweep(): Promise<number> {
    return sweepExpired(dynamo).finally(() => consumers?.nudge())
  }

  function describeFunctions(): object[] {
    return functions().map(({ name, timeout, memory, handler, environment }) => ({
      name,
      handler,
      timeout,
      memory,
      environment,
      routes: model.routes.filter(({ functionName }) => functionName === name).map(({ key }) => key),
    }))
  }

  function status(): object {
    return {
      url: url(),
      awsUrl: awsUrl(),
      startedAt,
      functions: model.functions.length,
      routes: model.routes.length,
      environments: pool.size,
      consumers: model.consumers.map(({ id, functionName, sourceArn }) => ({ id, functionName, sourceArn })),
      schedules: consumers?.upcoming() ?? [],
    }
  }
}
