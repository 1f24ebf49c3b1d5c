import { describe, expect, it } from 'vitest'
import { filesIn, type Import, importsOf, isPackage, roomOf } from './imports.ts'

/** What a room may import: values, beside them types, and what may be loaded lazily. Its own files always. */
interface Wall {
  files: string[]
  values: string[]
  types?: string[]
  lazy?: string[]
  packages: RegExp
  /** Packages of which only the types are used. */
  packageTypes?: RegExp
}

const none = /^$/
const shared = (room: string) => filesIn(`shared/${room}`)
const functions = filesIn('functions')
const catalogue = 'functions/catalogue.ts'

/** The house, room by room. Whoever needs another way in has found a question of design. */
const walls: Record<string, Wall> = {
  actions: {
    files: functions.filter(file => file !== catalogue),
    values: ['shared/kernel', 'shared/schema', 'shared/domain', 'shared/ports'],
    packages: /^zod$/,
  },
  catalogue: { files: [catalogue], values: [], types: ['shared/kernel'], packages: /^node:(fs|path)$/ },
  'shared/schema': { files: shared('schema'), values: [], packages: /^zod$/ },
  'shared/kernel': {
    files: shared('kernel'),
    values: [],
    types: ['shared/schema'],
    packages: /^node:crypto$/,
    packageTypes: /^zod$/,
  },
  'shared/domain': {
    files: shared('domain'),
    values: ['shared/schema', 'shared/kernel'],
    packages: /^(node:crypto|temporal-polyfill)$/,
  },
  'shared/ports': {
    files: shared('ports'),
    values: ['shared/kernel'],
    lazy: ['shared/store', 'shared/adapters'],
    packages: none,
  },
  'shared/store': {
    files: shared('store'),
    values: ['shared/schema', 'shared/domain', 'shared/kernel'],
    packages: /^(@aws-sdk\/(client-dynamodb|lib-dynamodb)|node:(crypto|timers\/promises))$/,
    packageTypes: /^zod$/,
  },
  'shared/adapters': {
    files: shared('adapters'),
    values: ['shared/schema', 'shared/domain', 'shared/kernel'],
    packages:
      /^(@aws-sdk\/client-(kms|secrets-manager|sqs|chime-sdk-meetings|sesv2|pinpoint-sms-voice-v2)|@simplewebauthn\/server|aws4fetch|node:(crypto|net|zlib)|oauth4webapi|otplib|qrcode|zod)$/,
  },
  'shared/pipeline': {
    files: shared('pipeline'),
    values: ['shared/kernel', 'shared/domain', 'shared/ports'],
    types: ['shared/schema', 'shared/store'],
    packages: /^(@middy\/core|@aws-lambda-powertools\/(logger|metrics)|node:(crypto|timers\/promises))$/,
    packageTypes: /^(zod|aws-lambda)$/,
  },
  // Put in the place of other packages by the bundler.
  'shared/lambda': {
    files: shared('lambda'),
    values: [],
    packages: /^(@aws-sdk\/credential-provider-env|node:crypto)$/,
  },
  stacks: {
    files: filesIn('stacks'),
    values: ['functions', 'shared/kernel', 'package.json'],
    lazy: ['functions', 'stacks'],
    packages:
      /^(aws-cdk-lib|aws4fetch|cdk-nag|constructs|esbuild|zod|node:(crypto|fs|path|http|timers\/promises|zlib))$/,
    packageTypes: /^aws-lambda$/,
  },
}

/** Ways through a wall, each with its reason. */
const doors: { from: RegExp; to: RegExp; because: string }[] = [
  {
    from: /^stacks\/(bundle|function)\.ts$/,
    to: /^shared\/ports\/gates\.ts$/,
    because: 'the grants of the pipeline’s own ports are part of each function’s',
  },
  {
    from: /^shared\/adapters\/dependencies\.ts$/,
    to: /^shared\/store\/read\.ts$/,
    because: 'health asks the table for a sign of life, as it is really read',
  },
  {
    from: /^functions\/docs\/openapi\.ts$/,
    to: /^docs\/openapi\.json$/,
    because: 'the document that it serves',
  },
  {
    from: /^functions\/docs\/page\.ts$/,
    to: /^docs\/openapi\.json$/,
    because: 'the document that it shows',
  },
]

const isDoor = ({ from, to }: Import) => doors.some(door => door.from.test(from) && door.to.test(to))

describe.each(Object.entries(walls))('%s', (room, { files, values, types = [], lazy = [], packages, packageTypes }) => {
  const imports = files.flatMap(importsOf)
  const own = room.startsWith('shared/') || room === 'stacks' ? [room] : []

  it('is a room with something in it', () => {
    expect(files.length).toBeGreaterThan(0)
    expect(imports.length).toBeGreaterThan(0)
  })

  it('imports only from the rooms below it', () => {
    const through = imports.filter(each => {
      if (isPackage(each) || isDoor(each)) return false
      const allowed = [...own, ...(each.lazy ? lazy : values), ...(each.type ? types : [])]
      return !allowed.includes(roomOf(each.to))
    })
    expect(through.map(({ from, to }) => `${from} → ${to}`)).toEqual([])
  })

  it('uses only its packages', () => {
    const foreign = imports.filter(
      each => isPackage(each) && !packages.test(each.to) && !(each.type && packageTypes?.test(each.to)),
    )
    expect(foreign.map(({ from, to }) => `${from} → ${to}`)).toEqual([])
  })
})

describe('the doors', () => {
  it.each(doors)('$from to $to is in use', ({ from, to }) => {
    const all = [...functions, ...filesIn('shared'), ...filesIn('stacks')].flatMap(importsOf)
    expect(all.some(each => from.test(each.from) && to.test(each.to))).toBe(true)
  })
})

describe('an action', () => {
  it('imports no other action, and nobody imports one but the catalogue', () => {
    const rooms = ['functions', 'shared', 'stacks', 'local', 'bench'].flatMap(filesIn)
    const found = rooms
      .flatMap(importsOf)
      .filter(({ to, type }) => /^functions\/[^/]+\/[^/]+\.ts$/.test(to) && !type)
      // It writes the document that one of the actions serves, and then needs to know which.
      .filter(({ from }) => from !== 'stacks/openapi/write.ts')
    expect(found.map(({ from, to }) => `${from} → ${to}`)).toEqual([])
  })

  it('is alone in its file, which has one default export', () => {
    for (const file of functions.filter(each => each !== catalogue)) {
      expect(file).toMatch(/^functions\/[a-z]+\/[a-z]+(-[a-z]+)*\.ts$/)
    }
  })
})

describe('nothing of ours', () => {
  const everything = ['functions', 'shared', 'stacks', 'local', 'bench', 'test'].flatMap(filesIn)
  const imports = everything.flatMap(importsOf)
  const users = (name: RegExp) => [...new Set(imports.filter(({ to }) => name.test(to)).map(({ from }) => from))]

  it('uses CDK outside stacks and test', () => {
    expect(users(/^(aws-cdk-lib|constructs|@aws-cdk\/)/).filter(file => !/^(stacks|test)\//.test(file))).toEqual([])
  })

  it('uses the SDK outside store, adapters, their substitutes, local, bench and test', () => {
    const allowed = /^(shared\/(store|adapters|lambda)|local|bench|test)\//
    expect(users(/^@aws-sdk\//).filter(file => !allowed.test(file))).toEqual([])
  })

  it('uses middy outside the pipeline, and the bare package nowhere', () => {
    expect(users(/^@middy\//).filter(file => !file.startsWith('shared/pipeline/'))).toEqual([])
    expect(users(/^middy$/)).toEqual([])
  })

  it('of the local run knows store or adapters, but what plants the demo practice', () => {
    const found = imports.filter(
      ({ from, to }) => from.startsWith('local/') && /^shared\/(store|adapters|pipeline|ports)\//.test(to),
    )
    expect(found.map(({ from }) => from).filter(file => !/^local\/(seed\.ts|seed\/)/.test(file))).toEqual([])
  })

  it('that runs imports tests, and shared imports no function', () => {
    const running = /^(functions|shared|stacks|local)\//
    expect(imports.filter(({ from, to }) => running.test(from) && to.startsWith('test/'))).toEqual([])
    expect(imports.filter(({ from, to }) => from.startsWith('shared/') && to.startsWith('functions/'))).toEqual([])
  })

  it('goes round in a circle, from room to room or from file to file', () => {
    const inside = imports.filter(each => !isPackage(each) && /^(functions|shared|stacks|local)\//.test(each.from))
    const rooms = graphOf(inside.map(({ from, to }) => [roomOf(from), roomOf(to)] as const).filter(([a, b]) => a !== b))
    expect(circleIn(rooms)).toEqual([])
    const files = graphOf(inside.filter(({ type, lazy }) => !type && !lazy).map(({ from, to }) => [from, to] as const))
    expect(circleIn(files)).toEqual([])
  })
})

function graphOf(edges: readonly (readonly [string, string])[]): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>()
  for (const [from, to] of edges) graph.set(from, (graph.get(from) ?? new Set()).add(to))
  return graph
}

/** The first circle that is found, as the way around it. */
function circleIn(graph: Map<string, Set<string>>): string[] {
  const done = new Set<string>()
  const walk = (node: string, way: string[]): string[] => {
    if (way.includes(node)) return [...way.slice(way.indexOf(node)), node]
    if (done.has(node)) return []
    for (const next of graph.get(node) ?? []) {
      const found = walk(next, [...way, node])
      if (found.length > 0) return found
    }
    done.add(node)
    return []
  }
  for (const node of graph.keys()) {
    const found = walk(node, [])
    if (found.length > 0) return found
  }
  return []
}
