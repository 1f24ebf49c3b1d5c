import { randomUUID } from 'node:crypto'
import type { AwsCall, AwsReply } from './service.ts'

/** An error in the form that the service's own protocol gives it, so that an SDK raises the exception it would in AWS. */
export function errorReply(call: AwsCall, code: string, message: string, status = 400): AwsReply {
  if (call.service === 's3')
    return xml(
      status === 400 ? 403 : status,
      `<Error><Code>${shortCode(code)}</Code><Message>${text(message)}</Message></Error>`,
    )
  if (isQuery(call)) {
    const name = call.service === 'sns' && code === 'AccessDeniedException' ? 'AuthorizationError' : shortCode(code)
    const error = `<Error><Type>Sender</Type><Code>${name}</Code><Message>${text(message)}</Message></Error>`
    return xml(
      status === 400 ? 403 : status,
      `<ErrorResponse>${error}<RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
    )
  }
  const headers: Record<string, string> = { 'x-amzn-requestid': randomUUID(), 'x-amzn-errortype': code }
  if (call.headers['x-amz-target']) {
    headers['content-type'] = call.headers['content-type'] ?? 'application/x-amz-json-1.1'
    // SQS speaks JSON but keeps the names of its older query protocol.
    if (call.service === 'sqs') headers['x-amzn-query-error'] = `${shortCode(code)};Sender`
    const body = JSON.stringify({ __type: `com.amazon.coral.service#${code}`, message, Message: message })
    return { status: call.service === 'sqs' && status === 400 ? 403 : status, headers, body }
  }
  headers['content-type'] = 'application/json'
  return { status: status === 400 ? 403 : status, headers, body: JSON.stringify({ message, Message: message }) }
}

/** Whether the call is a form of the old query protocol, which SNS still speaks. */
export function isQuery(call: AwsCall): boolean {
  return (call.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
}

const shortCode = (code: string) => (code === 'AccessDeniedException' ? 'AccessDenied' : code)

const xml = (status: number, body: string): AwsReply => ({
  status,
  headers: { 'content-type': 'application/xml', 'x-amzn-requestid': randomUUID() },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
})

const text = (value: string) => value.replace(/[<>&]/g, c => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;' })[c] ?? c)
