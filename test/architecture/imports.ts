import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

export const root = resolve(import.meta.dirname, '..', '..')

/** One import of a file. */
export interface Import {
  /** The file that imports, from the root: `functions/claims/submit.ts`. */
  from: string
  /** The file that is imported, or the package: `shared/kernel/action.ts`, `zod`, `node:fs`. */
  to: string
  /** Exactly as written. */
  text: string
  /** Gone when types are stripped. */
  type: boolean
  /** Loaded only when it is needed. */
  lazy: boolean
}

/** Our sources below a folder. */
export const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map(file => join(folder, file).split(sep).join('/'))
    .filter(file => /\.(ts|tsx|mts)$/.test(file) && !/\/(node_modules|dist|cdk\.out)\//.test(file))
    .sort()

const texts = new Map<string, string>()

/** A source without its comments, so that what is only spoken of does not count. Strings stay. */
export function sourceOf(file: string): string {
  const known = texts.get(file)
  if (known !== undefined) return known
  const text = readFileSync(join(root, file), 'utf8').replace(
    /('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)|\/\*[\s\S]*?\*\/|(?<![:\\])\/\/[^\n]*/g,
    (_, string?: string) => string ?? '',
  )
  texts.set(file, text)
  return text
}

export function importsOf(file: string): Import[] {
  // What a template writes into other files is no import of this one.
  const text = sourceOf(file).replace(/`(?:[^`\\]|\\.)*`/g, '``')
  const found: Import[] = []
  const add = (target: string, statement: string, more: Partial<Import> = {}) =>
    found.push({ from: file, to: targetOf(file, target), text: statement.trim(), type: false, lazy: false, ...more })

  for (const match of text.matchAll(/^[ \t]*(?:import|export)\b([^'"`;()]*?)\bfrom\s*['"]([^'"]+)['"]/gm)) {
    add(match[2] ?? '', match[0], { type: isType(match[1] ?? '') })
  }
  for (const match of text.matchAll(/^[ \t]*import\s*['"]([^'"]+)['"]/gm)) add(match[1] ?? '', match[0])
  for (const match of text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)) {
    add(match[1] ?? '', match[0], { lazy: true, type: /\btypeof\s+$/.test(text.slice(0, match.index)) })
  }
  return found
}

/** `type X`, or braces in which every name is a type. */
function isType(clause: string): boolean {
  if (/^\s*type\b/.test(clause)) return true
  const names = /^\s*\{([^}]*)\}\s*$/.exec(clause)?.[1]?.split(',') ?? []
  const given = names.map(name => name.trim()).filter(Boolean)
  return given.length > 0 && given.every(name => /^type\s/.test(name))
}

/** A path from the root, or the package's name without what is inside it. */
function targetOf(file: string, target: string): string {
  if (target.startsWith('.'))
    return relative(root, resolve(join(root, dirname(file)), target))
      .split(sep)
      .join('/')
  if (target.startsWith('node:')) return target
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/')
}

/** `functions/claims/submit.ts` is of `functions`, `shared/kernel/action.ts` of `shared/kernel`. */
export function roomOf(path: string): string {
  const [first = '', second = ''] = path.split('/')
  return first === 'shared' ? `${first}/${second}` : first
}

export const isPackage = ({ to }: Import): boolean =>
  !to.includes('.ts') && !to.includes('.json') && !to.includes('.mjs')
