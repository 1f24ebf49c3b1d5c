import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { type Cloud, startCloud } from '../../../local/cloud.ts'
import { seed } from '../../../local/seed.ts'
import { standins } from '../../../local/standins/index.ts'
import { assemble } from '../../../local/start/assembly.ts'
import { dataFolder, freePort } from '../../e2e/stack.ts'
import { startApple } from './apple.ts'
import { startCertified } from './certified.ts'

/** What the system answered a browser. */
export interface Reply {
  status: number
  location: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: replies have many shapes
  body: any
}

/** The deployed bundles, each with its own rights, the demo practice, and two identity providers that they are configured for. */
export async function startFederated() {
  const { data, remove } = dataFolder()
  const { directory } = await assemble(process.cwd())
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const [harbor, apple] = await Promise.all([
    startCertified(`${origin}/api/v1/federation/callbacks/harbor-id`),
    startApple(),
  ])
  const configured = JSON.stringify({ 'harbor-id': harbor.configured, apple: apple.configured })
  const cloud = await startCloud({
    assembly: directory,
    data,
    port,
    services: () => standins(data).services,
    environment: { PORTAL_ORIGIN: origin },
    secrets: { 'haven/dev/identity-providers': configured },
  })
  const environment = Object.assign({}, ...cloud.functions().map(spec => spec.environment))
  await seed({ awsUrl: cloud.awsUrl, tableName: 'haven-dev', environment })

  return {
    origin,
    harbor,
    apple,
    browser: () => browserOf(cloud),
    async stop() {
      await cloud.stop()
      await Promise.all([harbor.stop(), apple.stop()])
      remove()
    },
  }
}

/** A browser on a machine of its own: its cookies, and its requests. A form comes from another site, as a provider's does. */
function browserOf({ url }: Cloud) {
  const jar = new Map<string, string>()
  const localAddress = `127.${randomInt(1, 255)}.${randomInt(0, 255)}.${randomInt(1, 255)}`
  let csrf = ''
  return {
    jar,
    async ask(method: string, path: string, body?: object, form?: Record<string, string>): Promise<Reply> {
      const content = form ? new URLSearchParams(form).toString() : body && JSON.stringify(body)
      const sent = request(`${url}/api/v1${path}`, {
        method,
        localAddress,
        agent: false,
        headers: {
          cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
          ...(method !== 'GET' && { 'sec-fetch-site': form ? 'cross-site' : 'same-origin', 'x-csrf': csrf }),
          ...(content && { 'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json' }),
        },
      })
      sent.end(content)
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      for (const header of response.headers['set-cookie'] ?? []) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? []
        if (value) jar.set(name, value)
        else jar.delete(name)
      }
      const received = await text(response)
      const reply = received ? JSON.parse(received) : undefined
      csrf = reply?.csrf ?? csrf
      return { status: response.statusCode ?? 0, location: response.headers.location, body: reply }
    },
  }
}
