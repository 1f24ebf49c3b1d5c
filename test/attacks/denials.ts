import { expect } from 'vitest'
import { splitRoute } from '../../shared/kernel/route.ts'
import type { AuditEvent } from '../../shared/schema/audit.ts'
import { dayKeys } from '../../shared/store/audit.ts'
import { actions } from '../generated/samples.ts'
import { itemsAt } from '../harness/index.ts'
import type { Answer } from './attacker.ts'

const seen: Answer[] = []

/** Keeps every denial that a function answered. What the gateway refuses by itself has no id of ours: no function ran. */
export function remember(answer: Answer): void {
  const { status, headers, asked } = answer
  if (headers['x-request-id'] && status >= 400 && status < 500 && !isSilent(asked)) seen.push(answer)
}

/** Actions that keep no record, because they tell of nobody. */
const silent = actions
  .filter(({ declaration }) => !declaration.audit)
  .map(({ declaration: { route } }) => {
    const { method, path } = splitRoute(route)
    return new RegExp(`^${method} ${path.replace('/api/v1', '').replace(/\{\w+\}/g, '[^/]+')}$`)
  })

const isSilent = ({ method = 'GET', path }: Answer['asked']): boolean =>
  silent.some(pattern =>
    [path, decode(path)].some(spelt => pattern.test(`${method} ${(spelt.split('?')[0] ?? '').replace('/api/v1', '')}`)),
  )

/** As the gateway reads a path before it looks for the action. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/**
 * Each denial that this file met has one record, in the trail of the practice that it was about or, before one was known, in
 * the platform's; and the record says what the attacker was told.
 */
export async function expectRecorded(...practiceIds: string[]): Promise<void> {
  const days = [0, 1].map(ago => new Date(Date.now() - ago * 86_400_000).toJSON().slice(0, 10))
  const shards = [...practiceIds, 'platform'].flatMap(practice => days.flatMap(day => dayKeys(practice, day)))
  const events = (await Promise.all(shards.map(shard => itemsAt(shard)))).flat() as unknown as AuditEvent[]
  const records = Map.groupBy(events, ({ requestId }) => requestId)
  const unrecorded = seen.flatMap(({ status, body, headers, asked }) => {
    const told = `denied ${status} ${body.code}`
    // What a refusal brought about, such as the end of a stolen sign-in, has a record of its own.
    const found = (records.get(headers['x-request-id'] ?? '') ?? [])
      .filter(({ outcome }) => outcome === 'denied')
      .map(({ outcome, status, reason }) => `${outcome} ${status} ${reason}`)
    return found.join() === told ? [] : [`${asked.method ?? 'GET'} ${asked.path}: ${told}; recorded: ${found.join()}`]
  })
  expect(seen.length).toBeGreaterThan(0)
  expect(unrecorded.slice(0, 10), `${unrecorded.length} of ${seen.length} denials`).toEqual([])
}
