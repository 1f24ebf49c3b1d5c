import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { Problem } from '../../shared/kernel/problem.ts'
import { randomText } from '../../shared/kernel/random.ts'
import { type Page, queryAll, queryItems, type Run } from '../../shared/store/read.ts'
import { plant } from '../harness/index.ts'

/** Two practices of this file alone, each with a list of ten, and an index over it. */
const own = `prc_${randomText(20)}`
const other = `prc_${randomText(20)}`
const binding = { signal: AbortSignal.timeout(60_000) }

const list = (practice: string): Run => ({ pk: `NOTE#${practice}`, limit: 3 })
const indexed = (practice: string, kind = 'A'): Run => ({
  index: 'gsi1',
  pk: `NOTE#${practice}#KIND#${kind}`,
  limit: 3,
  newestFirst: true,
})
const sealed = (position: unknown) => Buffer.from(JSON.stringify(position)).toString('base64url')
const words = ({ items }: Page<Record<string, unknown>>) => items.map(({ word }) => String(word))

beforeAll(async () => {
  for (const practice of [own, other]) {
    for (let count = 0; count < 10; count++) {
      const word = `${practice === own ? 'own' : 'other'}-${count}`
      await plant({ pk: `NOTE#${practice}`, sk: `N${count}`, word })
      await plant({
        pk: `NOTE#${practice}#${count}`,
        sk: 'NOTE',
        gsi1pk: `NOTE#${practice}#KIND#${count % 2 ? 'A' : 'B'}`,
        gsi1sk: `T${count}`,
        word,
      })
    }
  }
})

/** Every page of a run, one after the other. */
async function pages(run: Run): Promise<string[][]> {
  const found: string[][] = []
  let cursor: string | undefined
  do {
    const page = await queryItems({ ...run, cursor }, binding)
    found.push(words(page))
    cursor = page.next
  } while (cursor)
  return found
}

describe('a run of items', () => {
  it('comes in pages that hold everything once, in order', async () => {
    expect((await pages(list(own))).flat()).toEqual(Array.from({ length: 10 }, (_, count) => `own-${count}`))
    expect((await pages(list(own))).map(page => page.length)).toEqual([3, 3, 3, 1])
  })

  it('comes newest first from an index', async () => {
    expect((await pages(indexed(own))).flat()).toEqual(['own-9', 'own-7', 'own-5', 'own-3', 'own-1'])
  })

  it.each([
    [{ from: 'N3', to: 'N5' }, ['own-3', 'own-4', 'own-5']],
    [{ from: 'N8' }, ['own-8', 'own-9']],
    [{ to: 'N1' }, ['own-0', 'own-1']],
    [{ prefix: 'N7' }, ['own-7']],
    [{ from: 'N5', to: 'N3' }, []],
  ])('is bounded by %o', async (bounds, expected) => {
    expect((await queryAll({ ...list(own), ...bounds }, binding)).map(({ word }) => word)).toEqual(expected)
  })
})

describe('a cursor', () => {
  it('holds neither entity nor practice', async () => {
    for (const run of [list(own), indexed(own)]) {
      const { next = '' } = await queryItems(run, binding)
      const text = Buffer.from(next, 'base64url').toString()
      expect(text).not.toContain(own)
      expect(text).not.toContain('NOTE#')
    }
  })

  it('of another practice is a position in the caller’s own list, and opens no other', async () => {
    for (const make of [list, indexed]) {
      const { next } = await queryItems(make(other), binding)
      const page = words(await queryItems({ ...make(own), cursor: next }, binding))
      expect(page.length).toBeGreaterThan(0)
      expect(page.every(word => word.startsWith('own-'))).toBe(true)
    }
  })

  it('of another list of the same practice shows nothing that the list does not hold', async () => {
    const { next } = await queryItems({ ...indexed(own, 'B'), limit: 1 }, binding)
    const page = words(await queryItems({ ...indexed(own, 'A'), cursor: next }, binding))
    expect(page).toEqual(['own-7', 'own-5', 'own-3'])
  })

  it('that was forged with another practice’s keys stays in the caller’s own list, or is refused', async () => {
    for (const position of [
      [`N1`, `#${other}`, 'T1'],
      ['NOTE', `#${other}#KIND#A`, 'T9'],
      ['NOTE', '', 'T9'],
    ]) {
      for (const run of [list(own), indexed(own)]) {
        const found = await queryItems({ ...run, cursor: sealed(position) }, binding).catch((error: Problem) => error)
        if (found instanceof Problem) expect(found.code).toBe('validation-failed')
        else expect(words(found).every(word => word.startsWith('own-'))).toBe(true)
      }
    }
  })

  it.each([
    ['nothing', ''],
    ['no JSON', Buffer.from('hello').toString('base64url')],
    ['no list', sealed({ pk: 'NOTE#x' })],
    ['too short', sealed(['N1', ''])],
    ['too long', sealed(['N1', '', '', ''])],
    ['no text', sealed([1, 2, 3])],
    ['an empty key', sealed(['', '', ''])],
    ['a key with signs that no key of ours has', sealed(["N1' OR 1", '', ''])],
    ['a key longer than any', sealed(['N'.repeat(201), '', ''])],
  ])('that is %s is refused with its field', async (_what, cursor) => {
    // An empty one is none: the list begins anew.
    const found = await queryItems({ ...list(own), cursor }, binding).catch((error: Problem) => error)
    if (cursor === '') expect(words(found as Page<Record<string, unknown>>)).toEqual(['own-0', 'own-1', 'own-2'])
    else expect(found).toMatchObject({ code: 'validation-failed', errors: [{ path: 'query.cursor' }] })
  })

  it('of whatever text never fails as anything but a bad cursor, and never shows another practice’s', async () => {
    const text = fc.string({ maxLength: 40 })
    const cursor = fc.oneof(
      text.map(value => Buffer.from(value).toString('base64url')),
      fc.tuple(text, text, text).map(sealed),
      fc
        .tuple(
          fc.constant('NOTE'),
          text.map(value => `#${other}${value}`),
          text,
        )
        .map(sealed),
    )
    await fc.assert(
      fc.asyncProperty(cursor, fc.constantFrom(list(own), indexed(own)), async (cursor, run) => {
        const found = await queryItems({ ...run, cursor }, binding).catch((error: unknown) => error)
        if (found instanceof Problem) return found.code === 'validation-failed'
        return words(found as Page<Record<string, unknown>>).every(word => word.startsWith('own-'))
      }),
      { numRuns: 200 },
    )
  })
})
