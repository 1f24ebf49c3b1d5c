import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apiPrefix, isSafe, type Method, type Route, splitRoute } from '../../../shared/kernel/route.ts'

const methods: Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

describe('a route', () => {
  it('is its method and its path below the API’s prefix', () => {
    expect(splitRoute('POST /claims/{claimId}/submission')).toEqual({
      method: 'POST',
      path: '/api/v1/claims/{claimId}/submission',
    })
  })

  it('loses nothing when it is taken apart', () => {
    const path = fc
      .array(fc.stringMatching(/^([a-z-]{1,12}|\{[a-z]{1,12}\})$/), { minLength: 1, maxLength: 6 })
      .map(parts => `/${parts.join('/')}` as const)
    fc.assert(
      fc.property(fc.constantFrom(...methods), path, (method, path) => {
        const split = splitRoute(`${method} ${path}` satisfies Route)
        expect(split).toEqual({ method, path: `${apiPrefix}${path}` })
      }),
    )
  })
})

describe('a method', () => {
  it.each([
    ['GET', true],
    ['HEAD', true],
    ['POST', false],
    ['PUT', false],
    ['PATCH', false],
    ['DELETE', false],
    ['get', false],
    ['', false],
  ])('%s needs no proof of its page: %s', (method, safe) => {
    expect(isSafe(method)).toBe(safe)
  })
})
