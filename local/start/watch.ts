import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import type { Cloud } from '../cloud.ts'
import { assemble, buildLock } from './assembly.ts'
import { functionFor } from './names.ts'
import { watchTree } from './tree.ts'

const run = promisify(execFile)

export interface Watcher {
  /** What a request to the function has to wait for: its rebuild, when its sources have changed. */
  ready(functionName: string): Promise<void>
  stop(): void
}

/**
 * Keeps a running cloud at the state of its sources. A changed function is rebuilt when it is asked for, alone, and the
 * request waits for it; all else follows with a synthesis in the background. A change that does not build changes nothing.
 */
export function watchSources(options: { root: string; data: string; cloud: Cloud; say(line: string): void }): Watcher {
  const { root, data, cloud, say } = options
  const builds = join(data, 'builds')
  rmSync(builds, { recursive: true, force: true })
  const stale = new Set<string>()
  const wanted = new Set<string>()
  let building: Promise<void> | undefined
  let synthesis: AbortController | undefined
  let later: NodeJS.Timeout | undefined
  let version = 0
  let stopped = false
  const ends = ['functions', 'shared', 'stacks'].map(folder => watchTree(join(root, folder), notice))

  return {
    async ready(functionName) {
      // One turn of the loop: the news of a file that was saved just before this request comes first.
      await new Promise(resolve => setImmediate(resolve))
      while (stale.has(functionName)) {
        wanted.add(functionName)
        building ??= build().finally(() => {
          building = undefined
          synthesizeLater()
        })
        await building
      }
    },
    stop() {
      stopped = true
      for (const end of ends) end()
      clearTimeout(later)
      synthesis?.abort()
    },
  }

  function notice(path: string) {
    const file = relative(root, path).replaceAll('\\', '/')
    if (!/\.(ts|json)$/.test(file)) return
    version++
    const names = cloud.functions().map(({ name }) => name)
    const [, id] = /^functions\/([^/]+\/[^/]+)\.ts$/.exec(file) ?? []
    const own = id && functionFor(id.replace('/', '.'), names)
    if (own) stale.add(own)
    else if (file.startsWith('shared/')) for (const name of names) stale.add(name)
    synthesizeLater()
  }

  async function build() {
    // A bundle and a synthesis write the same folder. And an editor writes a file in steps.
    synthesis?.abort()
    clearTimeout(later)
    for (let seen = -1; seen !== version; ) {
      seen = version
      await new Promise(resolve => setTimeout(resolve, 40))
    }
    const began = performance.now()
    const built = version
    const names = [...wanted]
    wanted.clear()
    try {
      for (const name of await bundle(names, join(builds, String(built)))) {
        cloud.replaceCode(name, join(builds, String(built), name))
      }
      say(`rebuilt ${names.join(', ')} in ${seconds(began)}`)
    } catch (cause) {
      if (!stopped) say(`The change does not build; the code before it runs on.\n${detail(cause)}`)
    }
    // What changed again meanwhile stays stale, and whoever waits for it has it built again.
    if (built === version) for (const name of names) stale.delete(name)
  }

  async function bundle(names: string[], destination: string): Promise<string[]> {
    const script = join(root, 'local', 'start', 'rebuild.ts')
    const flags = ['--disable-warning=ExperimentalWarning', script, destination, ...names]
    const release = await buildLock(root)
    try {
      const { stdout } = await run(process.execPath, flags, { cwd: root, maxBuffer: 10 * 1024 * 1024 })
      return JSON.parse(stdout.slice(stdout.lastIndexOf('['))) as string[]
    } finally {
      release()
    }
  }

  function synthesizeLater() {
    synthesis?.abort()
    clearTimeout(later)
    if (!building && !stopped) later = setTimeout(() => void synthesize(), 500)
  }

  async function synthesize() {
    const began = performance.now()
    const built = version
    const own = new AbortController()
    synthesis = own
    try {
      const { directory, made } = await assemble(root, own.signal)
      if (own.signal.aborted) return
      if (made) await cloud.reload(directory)
      if (built === version) stale.clear()
      if (made) say(`synthesized again in ${seconds(began)}`)
    } catch (cause) {
      if (!own.signal.aborted) say(`The change does not synthesize; the templates stay.\n${detail(cause)}`)
    }
  }
}

const seconds = (began: number) => `${((performance.now() - began) / 1_000).toFixed(1)} s`

function detail(cause: unknown): string {
  const { stderr, message } = cause as Error & { stderr?: string }
  return (stderr?.trim() || message).split('\n').slice(0, 25).join('\n')
}
