import { endpoint, functionsUrl, readBeside, signer } from './aws.ts'
import type { Probe } from './probes.ts'

/** What CodeDeploy says when a new version stands ready and nobody is sent to it yet. */
interface Hook {
  DeploymentId: string
  LifecycleEventHookExecutionId: string
}

/** The part of a deployment that names the version: an AppSpec, as CloudFormation hands it over. */
interface AppSpec {
  Resources?: Record<string, { Properties?: { Name?: string; TargetVersion?: string } }>[]
  resources?: AppSpec['Resources']
}

/**
 * Asks the new version one question that changes nothing, before anybody is sent to it, and tells CodeDeploy whether it answered
 * as it must. Silence and errors are a no: the deployment ends, and the old version stays.
 */
export async function handler({ DeploymentId, LifecycleEventHookExecutionId }: Hook): Promise<void> {
  const outcome = await judge(DeploymentId).catch((cause: unknown) => String(cause))
  // Of an answer only its status is told.
  process.stdout.write(`${JSON.stringify({ deploymentId: DeploymentId, outcome })}\n`)
  await codedeploy('PutLifecycleEventHookExecutionStatus', {
    deploymentId: DeploymentId,
    lifecycleEventHookExecutionId: LifecycleEventHookExecutionId,
    status: outcome === 'as expected' ? 'Succeeded' : 'Failed',
  })
}

async function judge(deploymentId: string): Promise<string> {
  const { deploymentInfo } = await codedeploy<{
    deploymentInfo: { revision: { string?: { content: string }; appSpecContent?: { content: string } } }
  }>('GetDeployment', { deploymentId })
  const { string, appSpecContent } = deploymentInfo.revision
  const { name, version } = targetOf(JSON.parse((appSpecContent ?? string)?.content ?? '{}') as AppSpec)
  const probe = readBeside<Record<string, Probe>>('probes.json')[name]
  if (!probe) return `there is no probe of ${name}`
  const url = `${functionsUrl()}/${name}/invocations?Qualifier=${version}`
  const answer = await signer('lambda').fetch(url, { method: 'POST', body: JSON.stringify(probe.event) })
  if (!answer.ok) return `it could not be invoked: ${answer.status}`
  if (answer.headers.has('x-amz-function-error')) return 'it ended with an error'
  const { statusCode, batchItemFailures } = (await answer.json()) as { statusCode?: number; batchItemFailures?: [] }
  if (probe.statuses === 'a batch') return batchItemFailures?.length === 0 ? 'as expected' : 'it did not answer a batch'
  const [lowest, highest] = probe.statuses
  const fits = statusCode !== undefined && statusCode >= lowest && statusCode <= highest
  return fits ? 'as expected' : `it answered ${statusCode}`
}

function targetOf({ Resources, resources }: AppSpec): { name: string; version: string } {
  const [resource = {}] = Resources ?? resources ?? []
  const [{ Properties = {} } = {}] = Object.values(resource)
  const { Name, TargetVersion } = Properties
  if (!Name || !TargetVersion) throw new Error('the deployment names no version')
  return { name: Name, version: TargetVersion }
}

async function codedeploy<Answer>(operation: string, input: object): Promise<Answer> {
  const answer = await signer('codedeploy').fetch(endpoint('codedeploy'), {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `CodeDeploy_20141006.${operation}` },
    body: JSON.stringify(input),
  })
  if (!answer.ok) throw new Error(`${operation}: ${answer.status}`)
  return (await answer.json()) as Answer
}
