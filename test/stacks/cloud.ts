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
  updatePolicy?: Json
  deletionPolicy?: string
}

export interface Statement {
  effect: string
  actions: string[]
  resources: string[]
  condition: Json
  principal: unknown
}

/** A synthesized cloud, and how to look into it. */
export function readCloud(directory: string) {
  const assembly = readAssembly(directory)

  const resources: Resource[] = assembly.flatMap(({ name, template }) =>
    Object.entries(template.Resources ?? {}).map(([id, { Type, Properties = {}, UpdatePolicy, DeletionPolicy }]) => ({
      stack: partOf(name),
      id,
      type: Type,
      properties: Properties,
      updatePolicy: UpdatePolicy,
      deletionPolicy: DeletionPolicy,
    })),
  )

  /** What a template refers to and does not have. */
  const dangling = assembly.flatMap(({ name, template }) => {
    const there = new Set([...Object.keys(template.Resources ?? {}), ...Object.keys(template.Parameters ?? {})])
    return referencesIn(template)
      .filter(id => !id.startsWith('AWS::') && !there.has(id))
      .map(id => `${name}: ${id}`)
  })

  const ofType = (type: string, stack?: string): Resource[] =>
    resources.filter(resource => resource.type === type && (stack === undefined || resource.stack === stack))

  /** The one resource of a type, of one stack. */
  function only(type: string, stack?: string): Resource {
    const found = ofType(type, stack)
    if (found.length !== 1 || !found[0]) throw new Error(`there are ${found.length} of ${type}`)
    return found[0]
  }

  /**
   * What a value of a template names, as text: `Data/Table…` for a reference, `Data/Table….Arn` for an attribute, the same
   * wherever it is named from; a joined text with its parts in braces.
   */
  function nameOf(value: unknown, stack: string): string {
    if (typeof value !== 'object' || value === null) return String(value)
    const [[kind = '', given] = []] = Object.entries(value)
    if (kind === 'Ref') return String(given).startsWith('AWS::') ? `{${String(given)}}` : `${stack}/${String(given)}`
    if (kind === 'Fn::GetAtt') return `${stack}/${(given as string[]).join('.')}`
    if (kind === 'Fn::Join') {
      const [separator, parts] = given as [string, unknown[]]
      return parts.map(part => (typeof part === 'string' ? part : `{${nameOf(part, stack)}}`)).join(separator)
    }
    // A part of an ARN is called by the whole.
    if (kind === 'Fn::Select')
      return nameOf((given as [number, { 'Fn::Split': [string, unknown] }])[1]['Fn::Split'][1], stack)
    if (kind === 'Fn::GetStackOutput') {
      const { StackName, OutputName } = given as { StackName: string; OutputName: string }
      const from = assembly.find(({ name }) => name === StackName)
      return nameOf(from?.template.Outputs?.[OutputName]?.Value, partOf(StackName))
    }
    throw new Error(`a value of another kind: ${JSON.stringify(value)}`)
  }

  /** The statements of a policy document, each field a list. */
  function statementsOf(document: unknown, stack: string): Statement[] {
    const { Statement } = document as { Statement: Json[] }
    return Statement.map(({ Effect, Action, Resource, Condition, Principal }) => ({
      effect: String(Effect),
      actions: [Action ?? []].flat() as string[],
      resources: [Resource ?? []].flat().map(resource => nameOf(resource, stack)),
      condition: (Condition as Json | undefined) ?? {},
      principal: Principal,
    }))
  }

  /** The stacks by their part: `Data`, `claims`. */
  return {
    directory,
    stackNames: assembly.map(({ name }) => partOf(name)),
    resources,
    dangling,
    ofType,
    only,
    nameOf,
    statementsOf,
  }
}

/** The table of this name. */
export function tableCalled(name: string): Resource {
  const found = ofType('AWS::DynamoDB::GlobalTable').find(({ properties }) => properties.TableName === name)
  if (!found) throw new Error(`there is no table ${name}`)
  return found
}

/** How a resource is named by `nameOf`: `Data/TableCD117FA1`. */
export const pathOf = ({ stack, id }: Resource): string => `${stack}/${id}`

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: string; 'Fn::GetAtt'?: string[] }
  if (Ref) return [Ref]
  if (attribute?.[0]) return [attribute[0]]
  return Object.values(value).flatMap(referencesIn)
}

const partOf = (name: string): string => name.split('-').slice(2).join('-')

const { directory } = await assemble(resolve(import.meta.dirname, '..', '..'))

/** The cloud of a developer: what the local run and most tests are of. */
export const { stackNames, resources, dangling, ofType, only, nameOf, statementsOf } = readCloud(directory)
