import { describe, expect, it } from 'vitest'
import { filesIn, importsOf, sourceOf } from './imports.ts'

/** Files in which a text stands, outside comments. */
const holding = (files: readonly string[], text: RegExp): string[] => files.filter(file => text.test(sourceOf(file)))

const functions = filesIn('functions').filter(file => file !== 'functions/catalogue.ts')
const domain = filesIn('shared/domain')
const everything = ['functions', 'shared', 'stacks', 'local', 'bench', 'test'].flatMap(filesIn)

describe('never', () => {
  it.each([
    ['console', /\bconsole\s*\./],
    ['the environment', /\bprocess\s*\.\s*env\b/],
    ['a clock of its own: new Date()', /\bnew Date\(\s*\)/],
    ['a clock of its own: Date.now()', /\bDate\.now\b/],
    ['a clock of its own: Temporal.Now', /\bTemporal\.Now\b/],
    ['chance of its own', /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b|\bgetRandomValues\b/],
    ['a timer', /\bset(Timeout|Interval)\b/],
  ])('%s in functions and domain: time, ids and randomness are handed in', (_what, text) => {
    expect(holding([...functions, ...domain], text)).toEqual([])
  })

  it('the network or a file in functions, domain, schema and kernel', () => {
    const pure = [...functions, ...domain, ...filesIn('shared/schema'), ...filesIn('shared/kernel')]
    expect(holding(pure, /\bfetch\(/)).toEqual([])
    const packages = pure.flatMap(importsOf).filter(({ to }) => /^node:/.test(to) && to !== 'node:crypto')
    expect(packages).toEqual([])
  })

  it('the environment in shared, but where a resource’s name is read', () => {
    const readers = holding(filesIn('shared'), /\bprocess\s*\.\s*env\b/)
    expect(readers.filter(file => !/^shared\/(store\/table|kernel\/setting|adapters\/\w+)\.ts$/.test(file))).toEqual([])
  })

  it('console in shared: the log’s one way out is observe.ts, whose fields are few', () => {
    expect(holding(filesIn('shared'), /\bconsole\s*\./)).toEqual([])
    const loggers = filesIn('shared')
      .flatMap(importsOf)
      .filter(({ to }) => to.startsWith('@aws-lambda-powertools/'))
    expect([...new Set(loggers.map(({ from }) => from))]).toEqual(['shared/pipeline/observe.ts'])
  })

  it('an event, a body, a header or a query in a log line', () => {
    const calls = filesIn('shared/pipeline').flatMap(file =>
      [...sourceOf(file).matchAll(/\b(?:alarm|info|count)\(([\s\S]*?)\)\n/g)].map(match => `${file}: ${match[1]}`),
    )
    expect(calls.length).toBeGreaterThan(5)
    expect(
      calls.filter(call => /\b(event\.|body|headers|cookies|query|params|json|rawPath|token)\b/.test(call)),
    ).toEqual([])
  })

  it('import { z } from zod, which costs 360 KB in every bundle', () => {
    const zod = everything.flatMap(importsOf).filter(({ to, type }) => to === 'zod' && !type)
    expect(zod.length).toBeGreaterThan(20)
    expect(zod.filter(({ text }) => !/^import \* as z from 'zod'$/.test(text)).map(({ from }) => from)).toEqual([])
  })

  it('a scan, a filter or a grant on everything', () => {
    const files = [...filesIn('functions'), ...filesIn('shared'), ...filesIn('stacks')]
    expect(holding(files, /\bScanCommand\b|\bFilterExpression\b|\bExecuteStatement\b/)).toEqual([])
    expect(holding(files, /\bgrant(ReadWriteData|ReadData|WriteData|FullAccess|Invoke)\b/)).toEqual([])
  })

  it('an exemption from the compiler or the linter in what runs', () => {
    const files = [...filesIn('functions'), ...filesIn('shared'), ...filesIn('stacks')]
    // Comments are gone from sources here, so these are looked for where they stand.
    expect(holding(files, /\bas any\b|:\s*any\b|<any>/)).toEqual([])
  })

  it('a room without a name of its own', () => {
    const vague = /(^|\/)(utils?|helpers?|common|managers?|misc)(\/|\.ts$)|Service\.ts$/
    expect(everything.filter(file => vague.test(file))).toEqual([])
  })
})
