import { join, resolve } from 'node:path'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '..', '..')

/** The handlers that others are held against. They load nothing but what their line says. */
const sources = {
  /** Does nothing: what the gateway and the pool cost. */
  empty: `export const handler = async () => ({ statusCode: 200, body: '{}' })`,
  /** One GetItem, by the bare client: what the SDK costs. The client is made at the first request, as the store does it. */
  get: `
    import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
    const key = { pk: { S: 'BENCH' }, sk: { S: 'BENCH' } }
    let client
    export const handler = async () => {
      client ??= new DynamoDBClient({})
      await client.send(new GetItemCommand({ TableName: process.env.TABLE_NAME, Key: key }))
      return { statusCode: 200, body: '{}' }
    }`,
}

export type Comparator = keyof typeof sources
export const comparators = Object.keys(sources) as Comparator[]

/** The route of a comparator. */
export const comparatorPath = (name: Comparator): string => `/bench/${name}`

/** The deployed name of a comparator. */
export const comparatorFunction = (name: Comparator): string => `haven-bench-${name}`

/** Bundles the comparators with the functions' own settings, into `<folder>/<name>/index.js`: a test holds the two equal. */
export async function buildComparators(folder: string): Promise<void> {
  for (const [name, contents] of Object.entries(sources)) {
    await build({
      stdin: { contents, resolveDir: root, loader: 'ts' },
      outfile: join(folder, name, 'index.js'),
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
  }
}
