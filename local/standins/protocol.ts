import { randomUUID } from 'node:crypto'
import type { AwsCall, AwsReply } from '../aws/service.ts'
import { Refusal } from './refusal.ts'

/** How a service puts its results and errors on the wire, and what it calls an input that breaks a constraint. */
export interface Protocol {
  readonly invalid: string
  result(value: object | undefined): AwsReply
  refusal(refusal: Refusal): AwsReply
}

/** AWS JSON: one path, the operation in `X-Amz-Target`, errors named by `__type`. */
export function awsJson(version: '1.0' | '1.1'): Protocol {
  const headers = () => ({ 'content-type': `application/x-amz-json-${version}`, 'x-amzn-requestid': randomUUID() })
  return {
    invalid: 'ValidationException',
    result: value => ({ status: 200, headers: headers(), body: value ? JSON.stringify(value) : '' }),
    refusal: ({ type, status, message, members }) => ({
      status,
      headers: headers(),
      body: JSON.stringify({ __type: type, message, ...members }),
    }),
  }
}

/** REST JSON: errors named by a header. A result without a value is an empty 204. */
export function restJson(errorBody: (refusal: Refusal, requestId: string) => object): Protocol {
  return {
    invalid: 'BadRequestException',
    result: value => ({
      status: value ? 200 : 204,
      headers: { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() },
      body: value ? JSON.stringify(value) : '',
    }),
    refusal(refusal) {
      const requestId = randomUUID()
      const headers = { 'content-type': 'application/json', 'x-amzn-requestid': requestId }
      return {
        status: refusal.status,
        headers: { ...headers, 'x-amzn-errortype': refusal.type },
        body: JSON.stringify(errorBody(refusal, requestId)),
      }
    },
  }
}

/** The JSON object in a call's body. A null member is an absent one, as AWS reads it. */
export function jsonBody(call: AwsCall): Record<string, unknown> {
  if (call.body.length === 0) return {}
  let value: unknown
  try {
    value = JSON.parse(call.body.toString(), (_, member: unknown) => (member === null ? undefined : member))
  } catch {
    throw new Refusal('SerializationException', 'The body is not JSON.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal('SerializationException', 'The body is not a JSON object.')
  }
  return value as Record<string, unknown>
}
