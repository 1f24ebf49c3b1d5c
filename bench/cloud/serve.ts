import { join } from 'node:path'
import { startClearinghouse } from '../../local/clearinghouse/index.ts'
import { startCloud } from '../../local/cloud.ts'
import { standins } from '../../local/standins/index.ts'
import { readModel } from '../../local/template/model.ts'

/** Where a running cloud is, and what its functions are told. */
export interface Place {
  url: string
  awsUrl: string
  tableName: string
  /** All that any function finds in its environment. */
  environment: Record<string, string>
}

const apiKey = 'bench'

/**
 * Runs an assembly with all its stand-ins, as `npm start` does, until the parent goes. In a process of its own: the client
 * that measures must not take turns with the gateway that it measures.
 */
export async function serve(assembly: string, data: string): Promise<void> {
  process.env.TZ = 'UTC'
  const clearinghouse = await startClearinghouse({ port: 0, dataDir: join(data, 'clearinghouse'), apiKey })
  const local = standins(join(data, 'standins'))
  const account = {
    url: clearinghouse.url,
    apiKey,
    submitterId: 'LOCAL',
    submitterName: 'LOCAL PRACTICE',
    contactName: 'BILLING OFFICE',
    phone: '5555550100',
    receiverId: 'CLEARINGHOUSE',
    receiverName: 'LOCAL CLEARINGHOUSE',
    usage: 'T',
  }
  const secrets = readModel(assembly)
    .ofType('AWS::SecretsManager::Secret')
    .map(({ properties, stack, id }) => String(properties.Name ?? `${stack.name}-${id}`))
    .filter(name => /clearinghouse/i.test(name))
  const cloud = await startCloud({
    assembly,
    data,
    port: 0,
    services: () => local.services,
    // More than there are functions: one that is called in each round must find its environment as it left it.
    pool: 400,
    secrets: Object.fromEntries(secrets.map(name => [name, JSON.stringify(account)])),
    say: line => process.stderr.write(`${line}\n`),
  })
  local.chime?.subscribe(event => cloud.emit(event))
  process.once('disconnect', async () => {
    await cloud.stop()
    await clearinghouse.stop()
    process.exit(0)
  })
  // The terminal sends Ctrl-C to the parent too, whose end is ours.
  process.on('SIGINT', () => {})
  const environment: Record<string, string> = Object.assign({}, ...cloud.functions().map(spec => spec.environment))
  process.send?.({
    url: cloud.url.replace('localhost', '127.0.0.1'),
    awsUrl: cloud.awsUrl,
    tableName: environment.TABLE_NAME ?? '',
    environment,
  } satisfies Place)
}
