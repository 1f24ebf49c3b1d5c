import { resolve } from 'node:path'
import { assemble } from '../../local/start/assembly.ts'
import { readAssembly } from '../../local/template/assembly.ts'

type Json = Record<string, unknown>

/** A resource of a template: the properties that tests look into. */
export interface Resource {
  stack: string
  id: string
  type: string
  properties: Json
}

export interface Statement {
  effect: string
  actions: string[]
  resources: string[]
  condition: Json
  principal: unknown
}

const { directory } = await assemble(resolve(import.meta.dirname, '..', '..'))
const assembly = readAssembly(directory)

/** The stacks of the synthesized cloud by their part: `Data`, `claims`. */
export const stackNames = assembly.map(({ name }) => partOf(name))

export const resources: Resource[] = assembly.flatMap(({ name, template }) =>
  Object.entries(template.Resources ?? {}).map(([id, { Type, Properties = {} }]) => ({
    stack: partOf(name),
    id,
    type: Type,
    properties: Properties,
  })),
)

export const ofType = (type: string, stack?: string): Resource[] =>
  resources.filter(resource => resource.type === type && (stack === undefined || resource.stack === stack))

/** The one resource of a type, of one stack. */
export function only(type: string, stack?: string): Resource {
  const found = ofType(type, stack)
  if (found.length !== 1 || !found[0]) throw new Error(`there are ${found.length} of ${type}`)
  return found[0]
}

/** How a resource is named by `nameOf`: `Data/TableCD117FA1`. */
export const pathOf = ({ stack, id }: Resource): string => `${stack}/${id}`

/**
 * What a value of a template names, as text: `Data/Table…` for a reference, `Data/Table….Arn` for an attribute, the same
 * wherever it is named from; a joined text with its parts in braces.
 */
export function nameOf(value: unknown, stack: string): string {
  if (typeof value !== 'object' || value === null) return String(value)
  const [[kind = '', given] = []] = Object.entries(value)
  if (kind === 'Ref') return String(given).startsWith('AWS::') ? `{${String(given)}}` : `${stack}/${String(given)}`
  if (kind === 'Fn::GetAtt') return `${stack}/${(given as string[]).join('.')}`
  if (kind === 'Fn::Join') {
    const [separator, parts] = given as [string, unknown[]]
    return parts.map(part => (typeof part === 'string' ? part : `{${nameOf(part, stack)}}`)).join(separator)
  }
  if (kind === 'Fn::GetStackOutput') {
    const { StackName, OutputName } = given as { StackName: string; OutputName: string }
    const from = assembly.find(({ name }) => name === StackName)
    return nameOf(from?.template.Outputs?.[OutputName]?.Value, partOf(StackName))
  }
  throw new Error(`a value of another kind: ${JSON.stringify(value)}`)
}

/** The statements of a policy document, each field a list. */
export function statementsOf(document: unknown, stack: string): Statement[] {
  const { Statement } = document as { Statement: Json[] }
  return Statement.map(({ Effect, Action, Resource, Condition, Principal }) => ({
    effect: String(Effect),
    actions: [Action ?? []].flat() as string[],
    resources: [Resource ?? []].flat().map(resource => nameOf(resource, stack)),
    condition: (Condition as Json | undefined) ?? {},
    principal: Principal,
  }))
}

function partOf(name: string): string {
  return name.split('-').slice(2).join('-')
}
