import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inParts, type Part } from '../../../../shared/domain/exports/parts.ts'

const writer = { head: () => 'head\n', line: (item: string) => `${item}\n` }
async function* given(items: readonly string[]) {
  yield* items
}
async function all(items: readonly string[], how: { begins: boolean; length?: number }) {
  const parts: Part<string>[] = []
  for await (const part of inParts(given(items), writer, how)) parts.push(part)
  return parts
}

describe('a file in parts', () => {
  it('is the same wherever it is cut, and wherever it is gone on with', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'ä', '-'), maxLength: 12 })),
        fc.integer({ min: 1, max: 40 }),
        async (items, length) => {
          const parts = await all(items, { begins: true, length })
          expect(parts.map(({ text }) => text).join('')).toBe(
            items.length > 0 ? `head\n${items.map(writer.line).join('')}` : '',
          )
          expect(parts.reduce((sum, { items }) => sum + items, 0)).toBe(items.length)
          const [first, ...others] = parts
          if (!first) return
          const rest = await all(items.slice(items.indexOf(first.last) + 1), { begins: false, length })
          expect(rest).toEqual(others)
        },
      ),
    )
  })

  it('has parts of the length that is asked for, but the last', async () => {
    const parts = await all(
      Array.from({ length: 100 }, (_, index) => `${index}`.padStart(9, '0')),
      { begins: false, length: 95 },
    )
    for (const { text } of parts.slice(0, -1)) expect(text.length).toBe(100)
    expect(parts).toHaveLength(10)
  })

  it('is nothing without an item: its head alone needs no parts', async () => {
    expect(await all([], { begins: true })).toEqual([])
  })
})
