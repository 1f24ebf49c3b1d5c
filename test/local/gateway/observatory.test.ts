import { createHash, webcrypto } from 'node:crypto'
import fs, { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { scan } from '@mdn/mdn-http-observatory'
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Cloud, startCloud } from '../../../local/cloud.ts'
import { startEdge } from '../../../local/gateway/edge.ts'
import { openStandins } from '../../../local/start/parts.ts'
import { everywhere, page } from '../../../shared/kernel/securityHeaders.ts'

/** A certificate of this machine, which the scanner is told to believe: one that it did not believe would be a fault of its own. */
async function certificateOf(host: string): Promise<{ key: string; certificate: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=${host}`,
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 3_600_000),
      signingAlgorithm: algorithm,
      keys,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: host }])],
    },
    webcrypto as never,
  )
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
  return { key, certificate: certificate.toString('pem') }
}

let cloud: Cloud
let edge: Awaited<ReturnType<typeof startEdge>>
const data = mkdtempSync(join(tmpdir(), 'haven-edge-'))
const host = () => `localhost:${edge.port}`

beforeAll(async () => {
  const standins = openStandins(join(data, 'data'))
  cloud = await startCloud({
    assembly: resolve('cdk.out'),
    data: join(data, 'data'),
    port: 0,
    services: () => standins.services,
  })
  const script = 'document.title = "Haven"\n'
  const integrity = `sha384-${createHash('sha384').update(script).digest('base64')}`
  writeFileSync(join(data, 'app.js'), script)
  writeFileSync(
    join(data, 'index.html'),
    `<!doctype html><html lang="en"><title>Haven</title><script src="/app.js" integrity="${integrity}"></script></html>`,
  )
  const { key, certificate } = await certificateOf('localhost')
  setDefaultCACertificates([...getCACertificates(), certificate])
  edge = await startEdge({ api: cloud.url, pages: data, key, certificate })
  // Lists of the scanner that its install script would load from the net: of preloaded hosts, of which this is none.
  const { readFileSync } = fs
  vi.spyOn(fs, 'readFileSync').mockImplementation(((file: string, ...rest: [BufferEncoding]) =>
    String(file).endsWith('hsts-preload.json') ? '{}' : readFileSync(file, ...rest)) as typeof readFileSync)
})
afterAll(async () => {
  vi.restoreAllMocks()
  await edge.stop()
  await cloud.stop()
  rmSync(data, { recursive: true, force: true })
})

describe('the portal over TLS, with the headers of the edge', () => {
  it('is graded A+ by the MDN HTTP Observatory, with all that can be had without a list of browsers’ makers', async () => {
    const { scan: graded, tests } = await scan(host())
    const lost = Object.entries(tests).filter(([, { pass, scoreModifier }]) => !pass || scoreModifier < 0)
    expect(lost).toEqual([])
    expect(graded).toMatchObject({ error: null, grade: 'A+', score: 135, testsFailed: 0 })
  })

  it('leads from HTTP to HTTPS', async () => {
    const answer = await fetch(`http://${host()}/sign-in?next=%2F`, { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([301, `https://${host()}/sign-in?next=%2F`])
  })

  it.each([
    // A page, a place in the portal, and a file that is not there.
    ['/', 200, page],
    ['/patients/pat_1', 200, page],
    ['/missing.js', 403, page],
    // The API: each header said once, by it or by the edge.
    ['/api/v1/health/live', 200, everywhere],
    ['/api/v1/nowhere', 404, everywhere],
  ])('answers %s with %i and the headers of the edge', async (path, status, headers) => {
    const answer = await fetch(`https://${host()}${path}`)
    expect(answer.status).toBe(status)
    expect(Object.fromEntries(answer.headers)).toMatchObject(headers)
  })
})
