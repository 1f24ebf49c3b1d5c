import type * as z from 'zod'
import type { AwsCall, AwsService, Need } from '../aws/service.ts'
import type { Faults } from './faults.ts'
import { jsonBody, type Protocol } from './protocol.ts'
import { Refusal } from './refusal.ts'
import { read } from './shape.ts'

/** One operation of a service: the shape of its input, what it needs to be allowed, and what it does. */
export interface Operation {
  needs(input: unknown, invalid: string): Need[]
  answer(input: unknown, invalid: string): object | undefined
}

/** Declares an operation over the checked input. */
export function operation<Schema extends z.ZodType>(
  schema: Schema,
  needs: (input: z.output<Schema>) => Need[],
  answer: (input: z.output<Schema>) => object | undefined,
): Operation {
  return {
    needs: (input, invalid) => needs(read(schema, input, invalid)),
    answer: (input, invalid) => answer(read(schema, input, invalid)),
  }
}

/** Which operation a call is, with its input gathered from path, query and body. */
export type Route = (call: AwsCall) => { name: string; input: Record<string, unknown> } | undefined

/** The route of AWS JSON services: `<prefix>.<Operation>` in `X-Amz-Target`. */
export const targetRoute =
  (prefix: string): Route =>
  call => {
    const [service, name] = (call.headers['x-amz-target'] ?? '').split('.')
    return service === prefix && name ? { name, input: jsonBody(call) } : undefined
  }

export interface ServiceParts {
  names: readonly string[]
  protocol: Protocol
  route: Route
  operations: Record<string, Operation>
  faults: Faults
  /** Runs before each call, and refuses it by throwing. */
  admit?(operation: string): void
  stop?(): void
}

/**
 * Makes a service of its operations. A call that cannot be read needs no permission, because all that it gets is the
 * error that says so.
 */
export function service(parts: ServiceParts): AwsService {
  const { protocol, operations } = parts

  const find = (call: AwsCall) => {
    const route = parts.route(call)
    const found = route && Object.hasOwn(operations, route.name) ? operations[route.name] : undefined
    if (!route || !found) {
      const what = call.headers['x-amz-target'] ?? `${call.method} ${call.path}`
      throw new Refusal('UnknownOperationException', `The local stand-in does not know ${what}.`, 404)
    }
    return { ...route, operation: found }
  }

  return {
    names: parts.names,
    needs(call) {
      try {
        const { operation, input } = find(call)
        return operation.needs(input, protocol.invalid)
      } catch (error) {
        if (error instanceof Refusal) return []
        throw error
      }
    },
    async answer(call) {
      try {
        const { name, operation, input } = find(call)
        parts.admit?.(name)
        return protocol.result(await parts.faults.around(name, () => operation.answer(input, protocol.invalid)))
      } catch (error) {
        if (error instanceof Refusal) return protocol.refusal(error)
        console.error(error)
        return protocol.refusal(new Refusal('InternalFailure', `The local stand-in failed: ${String(error)}`, 500))
      }
    },
    stop: () => parts.stop?.(),
  }
}
