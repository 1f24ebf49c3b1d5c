import { region } from '../aws/service.ts'
import type { LambdaFunction } from '../template/model.ts'

/**
 * All that a function's `process.env` holds: its own variables and those that Lambda sets. Its credentials name its
 * environment, and one endpoint stands for all of AWS; nothing of this machine's environment comes through.
 */
export function variablesFor(
  spec: LambdaFunction,
  accessKey: string,
  awsUrl: string,
  overrides: Record<string, string> = {},
): Record<string, string> {
  const own = Object.entries(spec.environment).map(([name, value]) => [name, overrides[name] ?? value])
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/')
  return {
    ...Object.fromEntries(own),
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: awsUrl,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memory),
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${spec.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `${day}/[$LATEST]${accessKey}`,
    AWS_REGION: region,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    LAMBDA_TASK_ROOT: spec.code,
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: ':UTC',
    _HANDLER: spec.handler,
  }
}
