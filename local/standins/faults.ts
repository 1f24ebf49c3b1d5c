import { setTimeout as sleep } from 'node:timers/promises'
import { Refusal } from './refusal.ts'

/**
 * A failure to be made. `after` does the work first and then loses the answer, which is what a client's retry token is
 * for. With no `type` it is only a delay.
 */
export interface Fault {
  /** Which operation fails; any, when left out. */
  operation?: string
  /** The error's short name, such as `ThrottlingException`. */
  type?: string
  status?: number
  message?: string
  /** How many calls fail; 1 when left out. */
  times?: number
  after?: boolean
  /** Milliseconds before the answer. */
  delay?: number
}

/** The failures that tests have asked for and that have not happened yet. */
export interface Faults {
  /** Plans a failure, and returns what cancels it. */
  inject(fault: Fault): () => void
  clear(): void
  /** Runs `work` as the next planned failure of this operation would have it, or plainly. */
  around<Result>(operation: string, work: () => Result): Promise<Result>
}

export function faults(): Faults {
  let planned: { fault: Fault; left: number }[] = []

  const take = (operation: string): Fault | undefined => {
    const plan = planned.find(({ fault }) => fault.operation === undefined || fault.operation === operation)
    if (!plan) return undefined
    plan.left -= 1
    if (plan.left <= 0) planned = planned.filter(other => other !== plan)
    return plan.fault
  }

  return {
    inject(fault) {
      const plan = { fault, left: fault.times ?? 1 }
      planned.push(plan)
      return () => {
        planned = planned.filter(other => other !== plan)
      }
    },
    clear() {
      planned = []
    },
    async around(operation, work) {
      const fault = take(operation)
      if (!fault) return work()
      if (fault.delay) await sleep(fault.delay)
      if (fault.type && !fault.after) throw refusal(fault)
      const result = work()
      if (fault.type) throw refusal(fault)
      return result
    },
  }
}

const refusal = (fault: Fault): Refusal =>
  new Refusal(fault.type ?? 'InternalFailure', fault.message ?? 'An injected fault.', fault.status ?? 500)
