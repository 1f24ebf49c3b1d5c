import { account, region } from '../aws/service.ts'
import type { Stack } from './assembly.ts'
import { type Identity, identify } from './identity.ts'

/** A resource with every intrinsic function of its properties worked out. */
export interface Resource extends Identity {
  stack: Stack
  id: string
  type: string
  properties: Record<string, unknown>
}

/** The identities that running services gave, by `<stack>/<logical id>`. They win over the ones made up here. */
export type Identities = Record<string, Partial<Identity>>

const pseudo: Record<string, string | string[]> = {
  'AWS::AccountId': account,
  'AWS::NotificationARNs': [],
  'AWS::Partition': 'aws',
  'AWS::Region': region,
  'AWS::URLSuffix': 'amazonaws.com',
}

/** Resolves the resources of all stacks. References between stacks work by exports and by weak `Fn::GetStackOutput`. */
export function resolveResources(stacks: Stack[], identities: Identities = {}): Resource[] {
  const scopes: Map<string, Scope> = new Map(
    stacks.map(stack => [stack.name, new Scope(stack, name => scopes.get(name), identities)]),
  )
  return [...scopes.values()].flatMap(scope => scope.resources([...scopes.values()]))
}

/** One stack's names. Everything is worked out when it is asked for, so that the order of resources does not matter. */
class Scope {
  readonly #stack: Stack
  readonly #other: (name: string) => Scope | undefined
  readonly #identities: Identities
  readonly #known = new Map<string, Resource>()
  #siblings: Scope[] = []

  constructor(stack: Stack, other: (name: string) => Scope | undefined, identities: Identities) {
    this.#stack = stack
    this.#other = other
    this.#identities = identities
  }

  resources(siblings: Scope[]): Resource[] {
    for (const scope of siblings) scope.#siblings = siblings
    return Object.entries(this.#stack.template.Resources ?? {})
      .filter(([, { Condition }]) => !Condition || this.condition(Condition))
      .map(([id]) => this.resource(id))
  }

  resource(id: string): Resource {
    const known = this.#known.get(id)
    if (known) return known
    const { name, template } = this.#stack
    const declared = template.Resources?.[id]
    if (!declared) throw new Error(`${name} refers to ${id}, which it does not declare`)
    const made: Resource = { stack: this.#stack, id, type: declared.Type, properties: {}, ref: '', attributes: {} }
    // A name must not depend on its own resource, so what it leads to is known before the other properties are.
    const names = Object.entries(declared.Properties ?? {}).filter(([key]) => /Name$|^Value$/.test(key))
    const identity = identify(declared.Type, name, id, Object.fromEntries(names.map(([k, v]) => [k, this.value(v)])))
    const given = this.#identities[`${name}/${id}`]
    made.ref = given?.ref ?? identity.ref
    made.attributes = { ...identity.attributes, ...given?.attributes }
    this.#known.set(id, made)
    made.properties = this.value(declared.Properties ?? {}) as Record<string, unknown>
    return made
  }

  /** The value with its intrinsic functions replaced; `AWS::NoValue` leaves no trace. */
  value(node: unknown): unknown {
    if (Array.isArray(node)) return node.map(item => this.value(item)).filter(item => item !== undefined)
    if (typeof node !== 'object' || node === null) return node
    const entries = Object.entries(node)
    const [only] = entries
    if (only && entries.length === 1 && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) {
      return this.#intrinsic(only[0], only[1])
    }
    return Object.fromEntries(
      entries.map(([key, value]) => [key, this.value(value)]).filter(([, value]) => value !== undefined),
    )
  }

  condition(name: string): boolean {
    return Boolean(this.value(this.#stack.template.Conditions?.[name]))
  }

  output(name: string): unknown {
    const output = this.#stack.template.Outputs?.[name]
    if (!output) throw new Error(`${this.#stack.name} has no output ${name}`)
    return this.value(output.Value)
  }

  #intrinsic(name: string, argument: unknown): unknown {
    if (name === 'Ref') return this.#ref(String(argument))
    if (name === 'Fn::GetAtt') return this.#attribute(argument)
    if (name === 'Fn::Sub') return this.#substitute(argument)
    if (name === 'Fn::If') {
      const [condition, yes, no] = argument as [string, unknown, unknown]
      return this.value(this.condition(condition) ? yes : no)
    }
    const value = this.value(argument)
    const list = value as unknown[]
    switch (name) {
      case 'Fn::Join':
        return (list[1] as unknown[]).join(String(list[0]))
      case 'Fn::Select':
        return (list[1] as unknown[])[Number(list[0])]
      case 'Fn::Split':
        return String(list[1]).split(String(list[0]))
      case 'Fn::ImportValue':
        return this.#imported(String(value))
      case 'Fn::GetStackOutput': {
        const { StackName, OutputName } = value as { StackName: string; OutputName: string }
        const stack = this.#other(StackName)
        if (!stack) throw new Error(`${this.#stack.name} reads an output of ${StackName}, which is not in the assembly`)
        return stack.output(OutputName)
      }
      case 'Fn::FindInMap':
        return this.#stack.template.Mappings?.[String(list[0])]?.[String(list[1])]?.[String(list[2])]
      case 'Fn::Base64':
        return Buffer.from(String(value)).toString('base64')
      case 'Fn::GetAZs':
        return ['a', 'b', 'c'].map(zone => region + zone)
      case 'Fn::Equals':
        return list[0] === list[1]
      case 'Fn::Not':
        return !list[0]
      case 'Fn::And':
        return list.every(Boolean)
      case 'Fn::Or':
        return list.some(Boolean)
      default:
        throw new Error(`${this.#stack.name} uses ${name}, which the local run does not know`)
    }
  }

  #ref(name: string): unknown {
    if (name === 'AWS::NoValue') return undefined
    if (name === 'AWS::StackName') return this.#stack.name
    if (name === 'AWS::StackId') return `arn:aws:cloudformation:${region}:${account}:stack/${this.#stack.name}/local`
    if (name in pseudo) return pseudo[name]
    const parameter = this.#stack.template.Parameters?.[name]
    return parameter ? parameter.Default : this.resource(name).ref
  }

  #attribute(argument: unknown): string {
    const [id, attribute] = Array.isArray(argument) ? argument : splitOnce(String(argument))
    const { attributes, stack } = this.resource(String(id))
    // Resources that are not run locally still appear in the properties of others: their attributes only need a name.
    return attributes[String(attribute)] ?? `${stack.name}-${id}-${attribute}`
  }

  #substitute(argument: unknown): string {
    const [text, own] = Array.isArray(argument) ? argument : [argument, {}]
    const values = this.value(own) as Record<string, unknown>
    return String(text).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`
      if (name in values) return String(values[name])
      return String(name.includes('.') ? this.#attribute(name) : this.#ref(name))
    })
  }

  #imported(name: string): unknown {
    for (const scope of this.#siblings) {
      for (const [id, output] of Object.entries(scope.#stack.template.Outputs ?? {})) {
        if (output.Export && scope.value(output.Export.Name) === name) return scope.output(id)
      }
    }
    throw new Error(`${this.#stack.name} imports ${name}, which no stack exports`)
  }
}

function splitOnce(text: string): [string, string] {
  const dot = text.indexOf('.')
  return [text.slice(0, dot), text.slice(dot + 1)]
}
