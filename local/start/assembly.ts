import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { join, relative } from 'node:path'
import { InUse, takeLock } from './lock.ts'

const sources = ['stacks', 'functions', 'shared', 'docs/openapi.json', 'package-lock.json', 'cdk.json']

/** The assembly of the sources as they are, and whether it had to be made. */
export interface Assembly {
  directory: string
  made: boolean
}

/** Another assembly than that of `cdk.json`: its folder below `.build`, and what its context says over that. */
export interface Variant {
  name: string
  context: Record<string, unknown>
}

/**
 * Bundles and synthesizes into `cdk.out`, unless what is there came from the very same sources. The marker also holds the
 * templates' hash: somebody may have synthesized for another account into the same folder.
 */
export async function assemble(root: string, background?: AbortSignal, variant?: Variant): Promise<Assembly> {
  const directory = variant ? join(root, '.build', `cdk.${variant.name}`) : join(root, 'cdk.out')
  const marker = join(directory, 'local.hash')
  const release = await buildLock(root, background)
  try {
    const context = contextOf(root, variant)
    const wanted = hashOf(
      sources.map(source => join(root, source)),
      variant && context,
    )
    const kept = existsSync(marker) ? readFileSync(marker, 'utf8') : undefined
    if (kept === `${wanted} ${templatesIn(directory)}`) return { directory, made: false }
    await synthesize(root, directory, context, background)
    writeFileSync(marker, `${wanted} ${templatesIn(directory)}`)
    return { directory, made: true }
  } finally {
    release()
  }
}

/** Waits until no other process bundles: tests and a local run write the same folders. Gives what lets the next one in. */
export async function buildLock(root: string, background?: AbortSignal): Promise<() => void> {
  for (;;) {
    background?.throwIfAborted()
    try {
      return takeLock(join(root, '.build'), 'a build')
    } catch (cause) {
      if (!(cause instanceof InUse)) throw cause
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  }
}

/** Removes the bundles of earlier syntheses. Only while nothing runs from them. */
export function prune(directory: string) {
  const manifests = readdirSync(directory).filter(name => name.endsWith('.assets.json'))
  const used = manifests.map(name => readFileSync(join(directory, name), 'utf8')).join('')
  for (const name of readdirSync(directory)) {
    if (name.startsWith('asset.') && !used.includes(name)) rmSync(join(directory, name), { recursive: true })
  }
}

/** Runs the CDK app in a process of its own: it loads the sources as they are now, and can be ended. */
function synthesize(root: string, directory: string, context: string, background?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(root, 'stacks', 'app.ts')], {
      cwd: root,
      env: { ...process.env, CDK_OUTDIR: directory, CDK_CONTEXT_JSON: context },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: background,
    })
    // Requests come first while it runs beside them.
    if (background && child.pid) setPriority(child.pid, 10)
    let said = ''
    const hear = (chunk: Buffer) => {
      said = (said + chunk).slice(-20_000)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('error', reject)
    child.on('exit', code => {
      if (code === 0) resolve()
      else reject(new Error(`The synthesis failed (exit code ${code}):\n${said.trim()}`))
    })
  })
}

/** The context of `cdk.json`, which the CDK's own command hands to the app in this variable, and the variant's over that. */
function contextOf(root: string, variant?: Variant): string {
  const file = join(root, 'cdk.json')
  const { CDK_CONTEXT_JSON } = process.env
  const { context = {} } = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { context?: object }) : {}
  return JSON.stringify({ ...(CDK_CONTEXT_JSON ? JSON.parse(CDK_CONTEXT_JSON) : context), ...variant?.context })
}

function templatesIn(directory: string): string {
  if (!existsSync(directory)) return ''
  return hashOf(
    readdirSync(directory)
      .filter(name => name.endsWith('.json') && name !== 'tree.json')
      .map(name => join(directory, name)),
  )
}

function hashOf(paths: string[], also = ''): string {
  const hash = createHash('sha256').update(also)
  for (const path of paths.filter(existsSync).sort()) {
    for (const file of filesIn(path)) hash.update(relative(path, file)).update('\0').update(readFileSync(file))
  }
  return hash.digest('hex')
}

function filesIn(path: string): string[] {
  if (path.endsWith('.json')) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
}
