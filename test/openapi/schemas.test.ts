import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { gatherSchemas } from '../../stacks/openapi/schemas.ts'

describe('gathered schemas', () => {
  const Name = z.string().meta({ id: 'GatheredName' })

  it('describe what has a name once, and refer to it', () => {
    const { named, describe } = gatherSchemas()
    expect(describe(z.object({ first: Name, last: Name }), 'input')).toMatchObject({
      properties: {
        first: { $ref: '#/components/schemas/GatheredName' },
        last: { $ref: '#/components/schemas/GatheredName' },
      },
    })
    expect(describe(Name, 'output')).toEqual({ $ref: '#/components/schemas/GatheredName' })
    expect(named).toEqual({ GatheredName: { type: 'string' } })
  })

  it('refuse a second meaning of a name', () => {
    const { describe } = gatherSchemas()
    describe(z.object({ name: Name }), 'input')
    const other = z.number().meta({ id: 'GatheredName' })
    expect(() => describe(z.object({ name: other }), 'input')).toThrow('GatheredName')
  })

  it('say what the end of a checking pipe asks for, and not that of a transforming one', () => {
    const { describe } = gatherSchemas()
    const count = z.coerce.number().pipe(z.int().min(1)).default(5)
    const code = z
      .string()
      .transform(text => text.trim())
      .pipe(z.string().length(6))
    expect(describe(z.object({ count, code }), 'input').properties).toEqual({
      count: { type: 'integer', minimum: 1, default: 5 },
      code: { type: 'string' },
    })
  })
})
