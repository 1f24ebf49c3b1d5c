import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { LambdaFunction } from '../local/template/model.ts'
import { sizeOf } from './bundles.ts'
import { loadPairs } from './cold.ts'
import { median, round } from './report/figures.ts'
import type { Section } from './report/section.ts'

/** A small function, one of the middle, and the one that people wait for first. */
const traced = ['health.live', 'patients.get', 'auth.login']

/**
 * What tracing by OpenTelemetry would cost the start of a function: the same bundle is loaded by new processes with a tracer before it
 * and without, in pairs. The tracer is bundled and minified like the function, which is the least that it can cost; the layer is neither.
 */
export async function measureTracing(
  functions: readonly LambdaFunction[],
  idOf: (name: string) => string,
  folder: string,
): Promise<Section> {
  const tracerFile = join(folder, 'tracer', 'index.js')
  await build({
    entryPoints: [join(import.meta.dirname, 'tracer.ts')],
    outfile: tracerFile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  })
  const tracerKb = sizeOf({ code: join(folder, 'tracer') })
  const rows = []
  for (const spec of functions.filter(({ name }) => traced.includes(idOf(name)))) {
    const code = join(folder, 'traced', idOf(spec.name))
    mkdirSync(code, { recursive: true })
    const load = [tracerFile, join(spec.code, 'index.js')].map(file => `require(${JSON.stringify(file)})`)
    writeFileSync(join(code, 'index.js'), load.join('\n'))
    const pairs = await loadPairs(folder, { ...spec, code }, spec)
    rows.push({
      function: idOf(spec.name),
      KB: round(sizeOf(spec)),
      'KB traced': round(sizeOf(spec) + tracerKb),
      'CPU ms': round(median(pairs.map(([, plain]) => plain.cpuMs))),
      'CPU ms traced': round(median(pairs.map(([withTracer]) => withTracer.cpuMs))),
      '× untraced': round(median(pairs.map(([withTracer, plain]) => withTracer.cpuMs / plain.cpuMs))),
    })
  }
  return {
    title: 'Tracing',
    rows,
    missed: [],
    notes: [`the tracer alone is ${round(tracerKb)} KB; a bundle may have 500`],
  }
}
