import { join } from 'node:path'
import { startClearinghouse } from '../clearinghouse/index.ts'
import type { Page } from '../cloud/alarms.ts'
import type { Cloud, LocalService } from '../cloud.ts'
import { seed } from '../seed.ts'
import { standins } from '../standins/index.ts'
import { readModel } from '../template/model.ts'

/** The key of the local clearinghouse: it guards nothing. */
const apiKey = 'local-clearinghouse-key'

/** Opens the stand-ins under `data`. The one that sends mail also shows what was sent. */
export function openStandins(data: string) {
  const { services, chime, outbox, secrets, stop } = standins(join(data, 'standins'))
  const sent = (query: URLSearchParams) =>
    outbox.messages({
      to: query.get('to') ?? undefined,
      limit: query.has('limit') ? Number(query.get('limit')) : undefined,
    })
  return {
    services: services.map(
      (service): LocalService => (service.names.includes('ses') ? { ...service, outbox: sent } : service),
    ),
    subscribe: chime.subscribe,
    rotateBy: secrets.rotateBy,
    /** The mail of an alarm lies with all other mail. */
    page: (page: Page) => outbox.deliver({ from: 'alarms@localhost', ...page }),
    stop,
  }
}

/** Starts the clearinghouse that claims go to. */
export const startCounterpart = (data: string, port: number) =>
  startClearinghouse({ port, dataDir: join(data, 'clearinghouse'), apiKey })

/** The account at the local clearinghouse, in the secret that the templates have for it. */
export function secretsFor(assembly: string, url: string): Record<string, string> {
  const account = {
    url,
    apiKey,
    submitterId: 'LOCAL',
    submitterName: 'LOCAL PRACTICE',
    contactName: 'BILLING OFFICE',
    phone: '5555550100',
    receiverId: 'CLEARINGHOUSE',
    receiverName: 'LOCAL CLEARINGHOUSE',
    usage: 'T',
  }
  const names = readModel(assembly)
    .ofType('AWS::SecretsManager::Secret')
    .map(({ properties, stack, id }) => String(properties.Name ?? `${stack.name}-${id}`))
  return Object.fromEntries(
    names.filter(name => /clearinghouse/i.test(name)).map(name => [name, JSON.stringify(account)]),
  )
}

/** Plants the demo data, once, and gives whom to sign in as. */
export async function plant(cloud: Cloud) {
  const environment = Object.assign({}, ...cloud.functions().map(spec => spec.environment)) as Record<string, string>
  const { credentials } = await seed({ awsUrl: cloud.awsUrl, tableName: environment.TABLE_NAME, environment })
  return credentials
}
