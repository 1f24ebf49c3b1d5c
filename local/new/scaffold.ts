import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { catalogue, isAction } from '../../functions/catalogue.ts'
import { type Name, Refusal, readName } from './name.ts'
import { planAction } from './plan.ts'
import { actionSample, workerSample } from './samples.ts'
import { actionTestText, actionText, workerTestText, workerText } from './templates.ts'

export interface Scaffolded {
  /** Paths from the root: the function, its sample and its test. */
  files: string[]
  /** What is still to be done, a line for each. */
  next: string[]
}

/** Makes a function's three files, which are all that a function is. Throws a `Refusal` and writes nothing where it may not. */
export async function scaffold(root: string, id: string | undefined, kind: 'action' | 'worker'): Promise<Scaffolded> {
  const name = readName(id)
  const { texts, next } = kind === 'action' ? await newAction(root, name) : newWorker(name)
  const files = Object.keys(texts)
  const there = files.filter(file => existsSync(join(root, file)))
  if (there.length > 0) throw new Refusal(`${name.id} is not new: ${there.join(', ')} exists`)

  for (const [file, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  format(root, files)
  return { files, next: [...next, 'npm run openapi', 'npm test'] }
}

type Plan = { texts: Record<string, string>; next: string[] }

async function newAction(root: string, name: Name): Promise<Plan> {
  const plan = planAction(name)
  const { route, allow, param } = plan
  await refuseTakenRoute(root, name, route)
  const said = param ? { params: { [param.name]: param.value } } : {}
  return {
    texts: filesOf(name, actionText(plan), actionSample(name.id, { route, allow }, said), actionTestText(plan)),
    next: [
      `write what ${name.id} does; its route is ${route} and it needs ${allow}: see that both are meant`,
      ...(param && !param.schema ? [`give ${param.name} a schema in shared/schema/ids.ts`] : []),
    ],
  }
}

function newWorker(name: Name): Plan {
  const sample = workerSample(name.id, { source: { schedule: 'rate(1 day)' } })
  return {
    texts: filesOf(name, workerText(name), sample, workerTestText(name)),
    next: [`write what ${name.id} does; it runs once a day: a queue or the table's stream are the other sources`],
  }
}

const filesOf = ({ domain, action }: Name, text: string, sample: object, test: string): Record<string, string> => ({
  [`functions/${domain}/${action}.ts`]: text,
  [`events/${domain}/${action}.json`]: `${JSON.stringify(sample, null, 2)}\n`,
  [`test/functions/${domain}/${action}.test.ts`]: test,
})

/** Two actions cannot stand at one route, whatever each calls the names in its path. */
async function refuseTakenRoute(root: string, { id }: Name, route: string): Promise<void> {
  const bare = (one: string) => one.replace(/\{\w+\}/g, '{}')
  const entries = await catalogue(join(root, 'functions'))
  const taken = entries.filter(isAction).find(({ declaration }) => bare(declaration.route) === bare(route))
  if (taken && taken.id !== id) throw new Refusal(`${id} would stand at ${route}, where ${taken.id} stands already`)
}

function format(root: string, files: readonly string[]): void {
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome')
  const { status, stderr } = spawnSync(process.execPath, [biome, 'check', '--write', ...files], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`Biome does not take what was made:\n${stderr}`)
}
