import { Refused, type Result } from '../lambda/pool.ts'
import { errorReply } from './denial.ts'
import { type AwsCall, type AwsReply, type AwsService, account, type Need, region } from './service.ts'

/** Lambda's `Invoke`, by which one function calls another and `aws lambda invoke` any. */
export function lambda(invoke: (functionName: string, event: string) => Promise<Result>): AwsService {
  return {
    names: ['lambda'],
    needs: call => {
      const resource = `arn:aws:lambda:${region}:${account}:function:${nameOf(call)}`
      return [{ action: 'lambda:InvokeFunction', resource, context: {} } satisfies Need]
    },
    answer,
  }

  async function answer(call: AwsCall): Promise<AwsReply> {
    const name = nameOf(call)
    if (!name || call.method !== 'POST') return { status: 501, headers: {}, body: 'only Invoke is answered' }
    const type = call.headers['x-amz-invocation-type'] ?? 'RequestResponse'
    try {
      if (type === 'DryRun') return { status: 204, headers: {}, body: '' }
      const running = invoke(name, call.body.toString() || '{}')
      if (type === 'Event') {
        running.catch(() => {})
        return { status: 202, headers: {}, body: '' }
      }
      return reply(await running)
    } catch (cause) {
      if (!(cause instanceof Refused)) throw cause
      return errorReply(call, cause.code, cause.message, cause.code === 'ResourceNotFoundException' ? 404 : 429)
    }
  }
}

/** The answer of `Invoke`: the payload as the body, and a header that tells a failed function from one that answered. */
export function reply({ requestId, payload, functionError }: Result): AwsReply {
  const headers: Record<string, string> = { 'content-type': 'application/json', 'x-amzn-requestid': requestId }
  headers['x-amz-executed-version'] = '$LATEST'
  if (functionError) headers['x-amz-function-error'] = functionError
  return { status: 200, headers, body: payload }
}

function nameOf({ path }: AwsCall): string | undefined {
  const [, name] = /\/functions\/([^/]+)\/invocations$/.exec(path) ?? []
  return (
    name &&
    decodeURIComponent(name)
      .replace(/^arn:.*:function:/, '')
      .replace(/:.*$/, '')
  )
}
