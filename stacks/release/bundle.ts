import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Entry } from '../../functions/catalogue.ts'
import { functionName } from '../name.ts'
import { bundleOperation } from '../operation.ts'
import { probeOf } from './probes.ts'

/** Where the two functions of a release are built, each with the list that it reads. */
export async function bundleRelease(
  entries: readonly Entry[],
  stage: string,
): Promise<{ probe: string; prune: string }> {
  const outdir = await bundleOperation('release', stage, ['probe', 'prune'])
  const write = (folder: string, name: string, content: unknown) => {
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
