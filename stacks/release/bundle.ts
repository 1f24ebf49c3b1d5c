import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Entry } from '../../functions/catalogue.ts'
import { functionName } from '../name.ts'
import { probeOf } from './probes.ts'

/** Where the two functions of a release are built, each with the list that it reads. */
export async function bundleRelease(
  entries: readonly Entry[],
  stage: string,
): Promise<{ probe: string; prune: string }> {
  const outdir = join(import.meta.dirname, '..', '..', '.build', 'release', stage)
  await build({
    entryPoints: {
      'probe/index': join(import.meta.dirname, 'probe.ts'),
      'prune/index': join(import.meta.dirname, 'prune.ts'),
    },
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  })
  const write = (folder: string, name: string, content: unknown) => {
    mkdirSync(join(outdir, folder), { recursive: true })
    writeFileSync(join(outdir, folder, name), JSON.stringify(content))
    return join(outdir, folder)
  }
  return {
    probe: write(
      'probe',
      'probes.json',
      Object.fromEntries(entries.map(entry => [functionName(stage, entry.id), probeOf(entry)])),
    ),
    prune: write(
      'prune',
      'functions.json',
      entries.map(({ id }) => functionName(stage, id)),
    ),
  }
}
