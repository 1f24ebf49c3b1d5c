import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AwsClient } from 'aws4fetch'

type Service = 'lambda' | 'codedeploy' | 'dynamodb'

/** Signs requests with the function's own rights: small enough for a function that starts cold each time. */
export function signer(service: Service): AwsClient {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN, AWS_REGION } = process.env
  return new AwsClient({
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
    service,
    region: AWS_REGION,
  })
}

/** Where a service is: by the variables that every SDK follows, or where AWS has it. */
export const endpoint = (service: Service): string =>
  process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ??
  process.env.AWS_ENDPOINT_URL ??
  `https://${service}.${process.env.AWS_REGION}.amazonaws.com`

/** Where Lambda's API has our functions. */
export const functionsUrl = (): string => `${endpoint('lambda')}/2015-03-31/functions`

/** What the bundler has laid beside the code. */
export const readBeside = <Content>(file: string): Content =>
  JSON.parse(readFileSync(join(process.env.LAMBDA_TASK_ROOT ?? '', file), 'utf8')) as Content
