import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { build, type Metafile, type Plugin } from 'esbuild'
import { catalogue, type Entry } from '../functions/catalogue.ts'
import { gatesOf, workerGates } from '../shared/ports/gates.ts'
import type { Configuration } from './configuration.ts'

const root = resolve(import.meta.dirname, '..')

/** Where each function's `index.js` is built: `.build/functions/claims.submit`. */
export const bundleRoot = join(root, '.build', 'functions')

/**
 * Bundles every function in one run of esbuild, which reads and parses each shared file once. CommonJS, because it starts
 * faster; minified, with the SDK inside, so that a deploy decides which SDK runs.
 */
export async function bundle(
  entries?: readonly Entry[],
  edge?: Configuration['edge'],
): Promise<{ dirs: Map<string, string>; metafile: Metafile }> {
  const all = entries ?? (await catalogue())
  rmSync(bundleRoot, { recursive: true, force: true })
  mkdirSync(bundleRoot, { recursive: true })
  const { metafile } = await build({
    entryPoints: Object.fromEntries(all.map(({ id }) => [`${id}/index`, `lambda:${id}`])),
    outdir: bundleRoot,
    plugins: [lambdaEntry(all, edge), staticPorts, leanManifests, leanPasskeys, noJsonSchema, packedDocument],
    alias: {
      '@aws-sdk/credential-provider-node': join(root, 'shared', 'lambda', 'credentials.ts'),
      '@aws-sdk/endpoint-cache': join(root, 'shared', 'lambda', 'endpointCache.ts'),
      '@otplib/plugin-crypto-noble': join(root, 'shared', 'lambda', 'otpCrypto.ts'),
    },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    absWorkingDir: root,
  })
  return { dirs: new Map(all.map(({ id }) => [id, join(bundleRoot, id)])), metafile }
}

/** The entry of each bundle: the declaration, the pipeline of its kind with the ports it needs, the handler. */
const lambdaEntry = (entries: readonly Entry[], edge?: Configuration['edge']): Plugin => ({
  name: 'lambda-entry',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^lambda:/ }, ({ path }) => ({ path: path.slice('lambda:'.length), namespace: 'lambda' }))
    onLoad({ filter: /.*/, namespace: 'lambda' }, ({ path: id }) => {
      const entry = entries.find(candidate => candidate.id === id)
      if (!entry) return { errors: [{ text: `there is no function ${id}` }] }
      const { declaration } = entry
      const [run, gates] =
        declaration.kind === 'action' ? ['serve', gatesOf(declaration, edge)] : ['consume', workerGates(declaration)]
      const names = Object.keys(gates).join(', ')
      return {
        contents: [
          `import declaration from ${JSON.stringify(entry.file)}`,
          `import { ${run} } from ${JSON.stringify(join(root, 'shared', 'pipeline', `${run}.ts`))}`,
          `import { ${names} } from ${JSON.stringify(join(root, 'shared', 'ports', 'gates.ts'))}`,
          `export const handler = ${run}(declaration, ${JSON.stringify(id)}, { ${names} })`,
        ].join('\n'),
        loader: 'ts',
        resolveDir: root,
      }
    })
  },
})

/**
 * A port's lazy import is a wall in the source: reading a declaration loads no store. In a bundle everything that is named is
 * loaded at the start anyway, and a static import lets the bundler leave out what is not used: a fifth of the whole.
 */
const staticPorts: Plugin = {
  name: 'static-ports',
  setup({ onLoad }) {
    onLoad({ filter: /shared\/ports\/\w+\.ts$/ }, ({ path }) => {
      const imports: string[] = []
      const contents = readFileSync(path, 'utf8')
        .replace(/await import\(('[^']+')\)/g, (_, from: string) => {
          const name = `lazy${imports.length}`
          imports.push(`import * as ${name} from ${from}`)
          return name
        })
        .replace(/= port\(/g, '= /* @__PURE__ */ port(')
      return { contents: [...imports, contents].join('\n'), loader: 'ts' }
    })
  },
}

/**
 * The OpenAPI document grows with every action. Packed it is a tenth, and reading it costs a start less than the same as a
 * literal would.
 */
const packedDocument: Plugin = {
  name: 'packed-document',
  setup({ onLoad }) {
    onLoad({ filter: /docs\/openapi\.json$/ }, ({ path }) => {
      const packed = brotliCompressSync(JSON.stringify(JSON.parse(readFileSync(path, 'utf8')))).toString('base64')
      return {
        contents: [
          "import { brotliDecompressSync } from 'node:zlib'",
          `export default JSON.parse(brotliDecompressSync(Buffer.from('${packed}', 'base64')).toString())`,
        ].join('\n'),
        loader: 'js',
      }
    })
  },
}

/** No function makes JSON Schema; OpenAPI is made by the stacks. zod's writers of it would be 16 KB of every bundle. */
const noJsonSchema: Plugin = {
  name: 'no-json-schema',
  setup({ onLoad }) {
    onLoad({ filter: /zod\/v4\/core\/(to-json-schema|json-schema-processors)\.js$/ }, () => ({
      contents: 'module.exports = {}',
    }))
  },
}

/**
 * Passkeys are taken without attestation, so the library's readers of makers' certificates never run: 240 KB of X.509 and ASN.1
 * that would be most of a bundle. An attestation with a certificate meets nothing where they were, and is refused.
 */
const leanPasskeys: Plugin = {
  name: 'lean-passkeys',
  setup({ onResolve, onLoad }) {
    const nothing = (path: string) => ({ path, namespace: 'nothing' })
    const signatures = { path: join(root, 'shared', 'lambda', 'derSignature.ts') }
    onResolve({ filter: /^(@peculiar\/|reflect-metadata$)/ }, ({ path }) =>
      path === '@peculiar/asn1-schema' ? signatures : nothing(path),
    )
    onResolve({ filter: /^\.\/verifications\// }, ({ path, importer }) => {
      const reads = importer.includes('@simplewebauthn') && !path.endsWith('/verifyAttestationPacked.js')
      return reads ? nothing(path) : undefined
    })
    onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'module.exports = {}', loader: 'js' }))
  },
}

/** Of its own manifest an SDK client uses the version alone; the rest would be 2 KB in every bundle that holds it. */
const leanManifests: Plugin = {
  name: 'lean-manifests',
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk\/client-[^/]+\/package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string }
      return { contents: JSON.stringify({ version }), loader: 'json' }
    })
  },
}
