import { type Entry, isAction, isWorker } from '../../functions/catalogue.ts'
import { mayDo, type Permission } from '../../shared/kernel/permissions.ts'
import type { Role } from '../../shared/schema/identity.ts'
import { Client } from '../cloud/client.ts'
import { comparatorPath, comparators } from '../cloud/comparators.ts'
import { newPractice, type Practice } from '../cloud/practice.ts'
import type { Section } from '../report/section.ts'
import { Recorder, type Sample } from './recorder.ts'
import { Round } from './round.ts'
import { summarise } from './summary.ts'
import { walk } from './walk.ts'

/** Walks after which a function's code is compiled, and its environment has its secrets and connections. */
const warmUp = 10
const measured = 10

/** What each function costs: trips to the table, capacity units and CPU time, as medians over warm walks one at a time. */
export async function measureActions(
  base: string,
  notes: string,
  entries: readonly Entry[],
  say: (line: string) => void,
): Promise<Section> {
  const recorder = new Recorder(base, notes)
  const excuses = new Map<string, string>()
  for (let count = 0; count < warmUp + measured; count++) {
    if (count === warmUp) recorder.samples.length = 0
    say(`walk ${count + 1} of ${warmUp + measured}`)
    const round = new Round(entries, await newPractice(base), recorder)
    await walkComparators(base, recorder)
    await walk(round)
    await walkSamples(round, entries, excuses)
  }
  const authenticated = new Set(
    entries.filter(entry => isAction(entry) && entry.declaration.allow !== 'anyone').map(({ id }) => id),
  )
  const section = summarise(recorder.samples, authenticated)
  for (const [id, why] of excuses) section.notes.push(`not measured: ${id}: ${why}`)
  return section
}

async function walkComparators(base: string, recorder: Recorder): Promise<void> {
  const client = new Client(base)
  for (const name of comparators) {
    const { requestId } = await client.send('GET', comparatorPath(name))
    await recorder.take(`bench.${name}`, '', requestId)
  }
  client.close()
}

/** Functions that the walk does not know yet are tried with their sample event, as a role that may call them. */
async function walkSamples(round: Round, entries: readonly Entry[], excuses: Map<string, string>): Promise<void> {
  const seen = new Set(round.recorder.samples.map(({ id }: Sample) => id))
  for (const entry of entries.filter(({ id }) => !seen.has(id) && !excuses.has(id))) {
    try {
      if (isWorker(entry)) await round.work(entry.id)
      else if (isAction(entry))
        await round.callSample(entry.id, await clientFor(entry.declaration.allow, round.practice))
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      excuses.set(entry.id, `no step of bench/actions/walk.ts drives it, and its sample did not succeed: ${why}`)
    }
  }
}

function clientFor(allow: Permission | 'anyone' | 'signed-in' | 'pending-mfa', practice: Practice): Promise<Client> {
  if (allow === 'anyone') return Promise.resolve(practice.anybody())
  if (allow === 'signed-in' || allow === 'pending-mfa') return practice.as('admin')
  const role = (Object.keys(practice.users) as Role[]).find(role => role !== 'patient' && mayDo(role, allow))
  return practice.as(role ?? 'patient')
}
