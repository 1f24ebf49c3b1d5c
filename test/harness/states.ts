type Json = Record<string, unknown>

interface State extends Json {
  Type: string
  Next?: string
  End?: boolean
}
interface Machine {
  StartAt: string
  States: Record<string, State>
}

/** What a task does: `dynamodb:deleteTable`, `lambda:<function>`. It throws an error by its name. */
export type Tasks = Record<string, (input: Json) => Promise<unknown>>

export class StatesError extends Error {
  constructor(name: string, message = name) {
    super(message)
    this.name = name
  }
}

/**
 * Runs a machine of Amazon States Language, as far as ours uses it: paths of fields, the states that stand here, and waits that take no
 * time. Answers its output and the names of the states that it went through, or throws what it failed with.
 */
export async function runStates(definition: object, tasks: Tasks, startedAt = new Date().toJSON()) {
  const went: string[] = []
  let waited = 0
  const output = await run(
    JSON.parse(JSON.stringify(definition)) as Machine,
    {},
    { Execution: { StartTime: startedAt } },
  )
  return { output, went, waited }

  async function run(machine: Machine, input: Json, context: Json): Promise<unknown> {
    let [name, value]: [string, unknown] = [machine.StartAt, input]
    for (let steps = 0; steps < 1_000; steps++) {
      const state = machine.States[name]
      if (!state) throw new Error(`there is no state ${name}`)
      went.push(name)
      const before = value
      try {
        const { next, output } = await enter(state, value as Json, context)
        if (next === undefined) return output
        ;[name, value] = [next, output]
      } catch (error) {
        if (state.Type === 'Fail') throw error
        const { name: of, message } = error as Error
        const caught = (
          (state.Catch ?? []) as { ErrorEquals: string[]; ResultPath?: string | null; Next: string }[]
        ).find(({ ErrorEquals }) => ErrorEquals.includes(of) || ErrorEquals.includes('States.ALL'))
        if (!caught) throw error
        ;[name, value] = [caught.Next, placed(before as Json, caught.ResultPath, { Error: of, Cause: message })]
      }
    }
    throw new Error('it does not end')
  }

  async function enter(
    state: State,
    value: Json,
    context: Json,
  ): Promise<{ next?: string | undefined; output: unknown }> {
    const next = state.End ? undefined : state.Next
    const input = state.InputPath ? at(state.InputPath as string, value, context) : value
    switch (state.Type) {
      case 'Succeed':
        return { output: state.OutputPath ? at(state.OutputPath as string, value, context) : value }
      case 'Fail':
        throw new StatesError(
          String(at(state.ErrorPath as string, value, context)),
          String(at(state.CausePath as string, value, context)),
        )
      case 'Wait':
        waited += Number(state.Seconds)
        return { next, output: value }
      case 'Choice': {
        const chosen = (state.Choices as Json[]).find(choice => holds(choice, value))
        return { next: String(chosen?.Next ?? state.Default), output: value }
      }
      case 'Pass': {
        const result = state.Result ?? (state.Parameters ? filled(state.Parameters, value, context) : input)
        return { next, output: placed(value, state.ResultPath as string | undefined, result) }
      }
      case 'Task': {
        const asked = filled(state.Parameters ?? {}, value, context) as Json
        const result = await retried(state, () => task(String(state.Resource), asked))
        const selected = state.ResultSelector ? filled(state.ResultSelector, result as Json, context) : result
        return { next, output: placed(value, state.ResultPath as string | null | undefined, selected) }
      }
      case 'Map': {
        const items = at(String(state.ItemsPath), value, context) as unknown[]
        const results: unknown[] = []
        for (const item of items) {
          const inside = { ...context, Map: { Item: { Value: item } } }
          const given = state.ItemSelector ? filled(state.ItemSelector, value, inside) : item
          results.push(await run(state.ItemProcessor as Machine, given as Json, inside))
        }
        return { next, output: placed(value, state.ResultPath as string | null | undefined, results) }
      }
      default:
        throw new Error(`a state of another type: ${state.Type}`)
    }
  }

  function task(resource: string, asked: Json): Promise<unknown> {
    if (!resource.endsWith(':lambda:invoke')) return named(resource.replace(/^.*:(\w+:\w+)$/, '$1'))(asked)
    return named(`lambda:${String(asked.FunctionName)}`)(asked.Payload as Json).then(Payload => ({ Payload }))
  }

  function named(name: string) {
    const found = tasks[name]
    if (!found) throw new Error(`nothing does ${name}`)
    return found
  }
}

async function retried<T>({ Retry }: State, work: () => Promise<T>): Promise<T> {
  const [{ MaxAttempts = 0 } = {}] = (Retry ?? []) as { MaxAttempts?: number }[]
  for (let tries = 0; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries >= MaxAttempts) throw error
    }
  }
}

function holds({ Variable, Next: _, ...test }: Json, value: Json): boolean {
  const [[kind = '', wanted] = []] = Object.entries(test)
  const found = path(String(Variable).slice(2), value)
  if (kind === 'IsPresent') return (found !== undefined) === wanted
  return found === wanted
}

/** A template whose fields that end in `.$` are paths. */
function filled(template: unknown, value: unknown, context: Json): unknown {
  if (Array.isArray(template)) return template.map(each => filled(each, value, context))
  if (typeof template !== 'object' || template === null) return template
  return Object.fromEntries(
    Object.entries(template).map(([name, inner]) =>
      name.endsWith('.$')
        ? [name.slice(0, -2), at(String(inner), value, context)]
        : [name, filled(inner, value, context)],
    ),
  )
}

function at(text: string, value: unknown, context: Json): unknown {
  if (text === '$') return value
  const found = text.startsWith('$$.') ? path(text.slice(3), context) : path(text.slice(2), value)
  if (found === undefined) throw new StatesError('States.ParameterPathFailure', text)
  return found
}

const path = (text: string, value: unknown): unknown =>
  text.split('.').reduce((inner, name) => (inner as Json | undefined)?.[name], value)

function placed(value: Json, where: string | null | undefined, result: unknown): unknown {
  if (where === null) return value
  if (where === undefined) return result
  return { ...value, [where.slice(2)]: result }
}
