import type { App } from 'aws-cdk-lib'
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53'
import { catalogue, type Entry } from '../functions/catalogue.ts'
import { AlertsStack, alarmsMayUse } from './alerts.ts'
import { ApiStack } from './api.ts'
import { BackupStack } from './backups.ts'
import { bundle } from './bundle.ts'
import { type Configuration, configurationOf, stagesOf } from './configuration.ts'
import { CopiesStack, StandbyKeysStack } from './copies.ts'
import { DataStack } from './data.ts'
import { DomainStack } from './domain.ts'
import { DrillStack } from './drill.ts'
import { EdgeStack } from './edge.ts'
import { addGates } from './gates.ts'
import { MonitoringStack } from './monitoring.ts'
import { bundleOperation } from './operation.ts'
import { PipelineStack } from './pipeline.ts'
import { bundleRelease } from './release/bundle.ts'
import { ReleaseStack } from './release.ts'

/** The whole cloud of a stage from the declarations; of a release, those of staging and of production from one build. */
export async function buildApp(app: App): Promise<App> {
  addGates(app)
  const entries = await catalogue()
  const built = new Map<string, ReadonlyMap<string, string>>()
  for (const stage of stagesOf(app.node)) {
    const configuration = configurationOf(app.node, stage)
    const dirs = built.get(configuration.edge) ?? (await bundle(entries, configuration.edge)).dirs
    built.set(configuration.edge, dirs)
    await buildStage(app, configuration, entries, dirs)
  }
  return app
}

/** Data, Api, Edge, Alerts, Release, one stack for each domain, Monitoring. */
async function buildStage(
  app: App,
  configuration: Configuration,
  entries: readonly Entry[],
  dirs: ReadonlyMap<string, string>,
): Promise<void> {
  const common = { configuration, env: { region: configuration.region } }
  const name = (part: string) => `Haven-${configuration.stage}-${part}`

  const { repository, copyRegion } = configuration
  const data = new DataStack(app, name('Data'), common)
  if (copyRegion) {
    const there = { configuration, env: { region: copyRegion } }
    // What is copied needs a place before it is, and what is replicated must be there.
    data.addStackDependency(new CopiesStack(app, name('Copies'), there))
    new StandbyKeysStack(app, name('StandbyKeys'), there).addStackDependency(data)
  }
  alarmsMayUse(data.logsKey)
  const { zoneId: hostedZoneId, zoneName } = configuration
  const zone =
    configuration.edge === 'cloudfront' && hostedZoneId && zoneName
      ? PublicHostedZone.fromPublicHostedZoneAttributes(data, 'Zone', { hostedZoneId, zoneName })
      : undefined
  const { api, domain } = new ApiStack(app, name('Api'), { ...common, logsKey: data.logsKey, zone })
  const edge =
    zone && domain ? new EdgeStack(app, name('Edge'), { ...common, entries, data, zone, apiDomain: domain }) : undefined
  // The secret that the edge shows is read by its name while it is deployed.
  edge?.addStackDependency(data)
  const { topic: alerts, tableFailing } = new AlertsStack(app, name('Alerts'), { ...common, data })
  const release =
    configuration.traffic === 'canary'
      ? new ReleaseStack(app, name('Release'), {
          ...common,
          data,
          alerts,
          dirs: await bundleRelease(entries, configuration.stage),
        })
      : undefined
  for (const domain of new Set(entries.map(entry => entry.domain))) {
    new DomainStack(app, name(domain), {
      entries: entries.filter(entry => entry.domain === domain),
      dirs,
      api,
      data,
      alerts,
      tableFailing,
      release,
      distributionId: edge?.distributionId,
      ...common,
    })
  }
  if (configuration.stage !== 'dev') {
    new BackupStack(app, name('Backup'), { ...common, data, alerts })
    const dir = await bundleOperation('drill', configuration.stage, ['compare', 'report'])
    new DrillStack(app, name('Drill'), { ...common, data, alerts, dir })
  }
  if (repository) new PipelineStack(app, name('Pipeline'), { ...common, repository })
  const canaryDir = await bundleOperation('canary', configuration.stage, ['run'])
  new MonitoringStack(app, name('Monitoring'), { ...common, entries, data, alerts, apiId: api.apiId, canaryDir })
}
