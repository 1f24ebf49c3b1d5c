import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { catalogue } from '../functions/catalogue.ts'
import { functionFor } from '../local/start/names.ts'
import { readModel } from '../local/template/model.ts'
import { measureActions } from './actions/measure.ts'
import { measureBundles } from './bundles.ts'
import { benchAssembly, instrument } from './cloud/assembly.ts'
import { comparatorFunction, comparators } from './cloud/comparators.ts'
import { startBenchCloud } from './cloud/start.ts'
import { measureCold } from './cold.ts'
import { measureHotKeys } from './limits/hotKeys.ts'
import { measureJourney } from './load/drive.ts'
import { measureReads } from './load/reads.ts'
import { measureLogin } from './login.ts'
import type { BenchOptions, Part } from './options.ts'
import { machine } from './report/machine.ts'
import type { Section } from './report/section.ts'
import { markdownTable } from './report/table.ts'
import { measureSealing } from './sealing.ts'
import { measureTracing } from './tracing.ts'

const root = resolve(import.meta.dirname, '..')
const concurrencies = [1, 32]
const say = (line: string) => void process.stderr.write(`  ${line}\n`)

/** Runs the asked parts, prints and writes what they found, and gives the exit code: 1 when a budget is missed. */
export async function bench(options: BenchOptions): Promise<0 | 1> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'haven-bench-'))
  const sections: Section[] = []
  const show = (section: Section) => {
    sections.push(section)
    print(section)
  }
  try {
    await measure(options, folder, show)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const missed = sections.flatMap(section => section.missed)
  const file = resolve(root, options.json)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify({ ...machine(root), options, sections, missed }, null, 2)}\n`)
  process.stdout.write(`\nWritten to ${options.json}. ${missed.length ? 'Missed:' : 'Every budget is kept.'}\n`)
  for (const sentence of missed) process.stdout.write(`  ${sentence}\n`)
  return missed.length ? 1 : 0
}

async function measure({ only, seconds }: BenchOptions, folder: string, show: (section: Section) => void) {
  const wants = (...parts: Part[]) => parts.some(part => only.includes(part))
  if (wants('hot-keys')) show(await measureHotKeys())
  if (wants('sealing')) show(await measureSealing())
  if (only.every(part => part === 'hot-keys' || part === 'sealing')) return
  const entries = await catalogue()
  say('bundling and synthesizing')
  const assembly = await benchAssembly(join(folder, 'assembly'))
  const { functions } = readModel(assembly)
  const names = functions.map(({ name }) => name)
  const ids = new Map(entries.map(({ id }) => [functionFor(id, names), id]))
  for (const name of comparators) ids.set(comparatorFunction(name), `bench.${name}`)
  const idOf = (name: string) => ids.get(name) ?? name

  if (wants('bundles')) show(measureBundles(functions, idOf))
  if (wants('cold')) show(await measureCold(functions, idOf, folder, say))
  if (wants('tracing')) show(await measureTracing(functions, idOf, folder))
  if (wants('actions', 'login')) {
    const notes = join(folder, 'notes.ndjson')
    const cloud = await startBenchCloud(instrument(assembly, join(folder, 'probed'), notes), join(folder, 'data'))
    try {
      if (wants('actions')) show(await measureActions(cloud.url, notes, entries, say))
      if (wants('login')) show(await measureLogin(cloud.url, notes))
    } finally {
      await cloud.stop()
    }
  }
  if (wants('journey', 'reads')) {
    const cloud = await startBenchCloud(assembly, join(folder, 'data'))
    try {
      // The journeys last: what they leave behind, claims that are still on their way, would be measured with the reads.
      for (const concurrency of wants('reads') ? concurrencies : []) {
        show(await measureReads(cloud.url, concurrency, seconds, say))
      }
      for (const concurrency of wants('journey') ? concurrencies : []) {
        show(await measureJourney(cloud.url, concurrency, seconds, say))
      }
    } finally {
      await cloud.stop()
    }
  }
}

function print({ title, rows, notes, missed }: Section) {
  process.stdout.write(`\n${title}\n\n${markdownTable(rows)}\n`)
  for (const line of notes) process.stdout.write(`- ${line}\n`)
  for (const line of missed) process.stdout.write(`- OVER BUDGET: ${line}\n`)
}
