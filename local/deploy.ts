import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { commandOf, readDeploy, usage } from './deploy/plan.ts'

// Deploys a stage, or shows what a deploy of it would change.
const root = resolve(import.meta.dirname, '..')
try {
  const command = commandOf(readDeploy(process.argv.slice(2)), stacksIn)
  process.stdout.write(`cdk ${command.join(' ')}\n`)
  const cdk = join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk')
  const { status } = spawnSync(process.execPath, [cdk, ...command], { cwd: root, stdio: 'inherit' })
  process.exitCode = status ?? 1
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : cause}\n\n${usage}`)
  process.exit(2)
}

/** The stacks of a synthesized assembly. */
function stacksIn(assembly: string): string[] {
  const manifest = resolve(root, assembly, 'manifest.json')
  if (!existsSync(manifest)) throw new Error(`There is no assembly in ${assembly}.`)
  const { artifacts } = JSON.parse(readFileSync(manifest, 'utf8')) as { artifacts: Record<string, { type: string }> }
  return Object.entries(artifacts).flatMap(([name, { type }]) => (type === 'aws:cloudformation:stack' ? [name] : []))
}
