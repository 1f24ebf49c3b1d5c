import { execFileSync } from 'node:child_process'
import { cpus, loadavg, totalmem } from 'node:os'

/** Where and when figures were taken: without it they say nothing. `load` is the machine's own, of the last minute. */
export function machine(root: string) {
  return {
    at: new Date().toJSON(),
    command: `npm run bench -- ${process.argv.slice(2).join(' ')}`.trim(),
    commit: commitOf(root),
    node: process.version,
    cpu: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    load: Number(loadavg()[0]?.toFixed(1)),
  }
}

/** The commit, with a plus when files differ from it. */
function commitOf(root: string): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') && '+')
  } catch {
    return 'unknown'
  }
}
