import { functionNameIn } from './functions.ts'
import type { Route } from './model.ts'
import type { Resource } from './resolve.ts'

/** The routes of the template's HTTP APIs that lead to functions. WebSocket APIs have routes too, which are not these. */
export function readRoutes(ofType: (type: string) => Resource[]): Route[] {
  const apis = new Set(
    ofType('AWS::ApiGatewayV2::Api')
      .filter(({ properties }) => properties.ProtocolType === 'HTTP')
      .map(({ ref }) => ref),
  )
  const integrations = new Map(ofType('AWS::ApiGatewayV2::Integration').map(({ ref, properties }) => [ref, properties]))
  return ofType('AWS::ApiGatewayV2::Route').flatMap(({ properties }) => {
    const integration = integrations.get(String(properties.Target).replace('integrations/', ''))
    if (!integration || !apis.has(String(properties.ApiId))) return []
    const key = String(properties.RouteKey)
    const [method, path] = key === '$default' ? ['ANY', '$default'] : key.split(' ')
    return {
      key,
      method: method ?? 'ANY',
      path: path ?? '/',
      functionName: functionNameIn(String(integration.IntegrationUri)),
      timeout: Number(integration.TimeoutInMillis ?? 30_000),
    }
  })
}
