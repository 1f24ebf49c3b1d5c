import { expect, it } from 'vitest'
import { matchRoute } from '../../../local/gateway/match.ts'
import type { Route } from '../../../local/template/model.ts'

const routes = [
  '$default',
  'ANY /files/{proxy+}',
  'GET /files/{proxy+}',
  'GET /claims/{claimId}',
  'ANY /claims/{claimId}',
  'GET /claims/search',
  'POST /claims/{claimId}/submission',
  'GET /',
].map((key): Route => {
  const [method = 'ANY', path = '$default'] = key === '$default' ? ['ANY', '$default'] : key.split(' ')
  return { key, method, path, functionName: key, timeout: 1_000 }
})

it.each([
  ['GET', '/', 'GET /', {}],
  ['GET', '/claims/search', 'GET /claims/search', {}],
  ['GET', '/claims/clm_1', 'GET /claims/{claimId}', { claimId: 'clm_1' }],
  ['DELETE', '/claims/clm_1', 'ANY /claims/{claimId}', { claimId: 'clm_1' }],
  ['DELETE', '/claims/search', 'ANY /claims/{claimId}', { claimId: 'search' }],
  ['GET', '/claims/a%2Fb%20c', 'GET /claims/{claimId}', { claimId: 'a/b c' }],
  ['POST', '/claims/clm_1/submission', 'POST /claims/{claimId}/submission', { claimId: 'clm_1' }],
  ['GET', '/files/a/b/c', 'GET /files/{proxy+}', { proxy: 'a/b/c' }],
  ['HEAD', '/files/a', 'ANY /files/{proxy+}', { proxy: 'a' }],
  ['GET', '/claims/', '$default', {}],
  ['GET', '/elsewhere', '$default', {}],
])('%s %s goes to %s', (method, path, key, parameters) => {
  const match = matchRoute(routes, method, path)
  expect([match?.route.key, match?.parameters]).toEqual([key, parameters])
})

it('finds nothing for a method without a route', () => {
  expect(matchRoute(routes.slice(3, 4), 'POST', '/claims/clm_1')).toBeUndefined()
})
