import type { App } from 'aws-cdk-lib'
import { catalogue } from '../functions/catalogue.ts'
import { ApiStack } from './api.ts'
import { bundle } from './bundle.ts'
import { configurationOf } from './configuration.ts'
import { DataStack } from './data.ts'
import { DomainStack } from './domain.ts'
import { AlertsStack, alarmsMayUse, MonitoringStack } from './monitoring.ts'

/** The whole cloud from the declarations: Data, Api, Alerts, one stack for each domain, Monitoring. */
export async function buildApp(app: App): Promise<App> {
  const configuration = configurationOf(app.node)
  const entries = await catalogue()
  const { dirs } = await bundle(entries, configuration.edge)
  const common = { configuration, env: { region: configuration.region } }
  const name = (part: string) => `Haven-${configuration.stage}-${part}`

  const data = new DataStack(app, name('Data'), common)
  alarmsMayUse(data.logsKey)
  const { api } = new ApiStack(app, name('Api'), { ...common, logsKey: data.logsKey })
  const { topic: alerts } = new AlertsStack(app, name('Alerts'), { ...common, key: data.logsKey })
  for (const domain of new Set(entries.map(entry => entry.domain))) {
    new DomainStack(app, name(domain), {
      entries: entries.filter(entry => entry.domain === domain),
      dirs,
      api,
      data,
      alerts,
      ...common,
    })
  }
  new MonitoringStack(app, name('Monitoring'), { ...common, entries, data, alerts })
  return app
}
