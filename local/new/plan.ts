import * as z from 'zod'
import type { AuditVerb } from '../../shared/kernel/action.ts'
import { mayDo, type Permission } from '../../shared/kernel/permissions.ts'
import { isSafe, type Method, type Route } from '../../shared/kernel/route.ts'
import { Role } from '../../shared/schema/identity.ts'
import * as ids from '../../shared/schema/ids.ts'
import { fixedId } from '../seed.ts'
import { camel, type Name, pascal, spoken } from './name.ts'

/** What a new action is to be, as far as its name tells. */
export interface ActionPlan extends Name {
  summary: string
  route: Route
  verb: AuditVerb
  entity: string
  allow: Permission
  /** A role that may call it, for its test. */
  role: Role
  /** The name in its path, the schema of it if there is one, and a value for the sample. */
  param?: { name: string; schema: string | undefined; value: string }
}

/**
 * Reads as much as a name tells: `get` shows one thing, `create` adds one, `void` is done to one. The permission is one that
 * exists already and fits best; where none does, an operator's, since a new action had better open to too few.
 */
export function planAction(name: Name): ActionPlan {
  const { domain, action, thing } = name
  const { method, path, verb } = shapeOf(name)
  const allow = permissionFor(thing, action, method)
  const one = path.includes('{')
  return {
    ...name,
    summary: action === 'list' ? `List ${spoken(domain)}` : `${sentence(action)} ${article(thing)} ${spoken(thing)}`,
    route: `${method} /${path}`,
    verb,
    entity: one ? `${pascal(thing)}/{${camel(thing)}Id}` : `${pascal(thing)}/${action}`,
    allow,
    role: roleFor(allow),
    ...(one && { param: paramOf(thing) }),
  }
}

function shapeOf({ domain, action, thing }: Name): { method: Method; path: string; verb: AuditVerb } {
  const one = `${domain}/{${camel(thing)}Id}`
  if (action === 'list') return { method: 'GET', path: domain, verb: 'R' }
  if (action === 'create') return { method: 'POST', path: domain, verb: 'C' }
  if (action === 'get') return { method: 'GET', path: one, verb: 'R' }
  if (action === 'update') return { method: 'PUT', path: one, verb: 'U' }
  if (action === 'remove' || action === 'delete') return { method: 'DELETE', path: one, verb: 'D' }
  return { method: 'POST', path: `${one}/${action}`, verb: 'E' }
}

function paramOf(thing: string): NonNullable<ActionPlan['param']> {
  const schema = `${pascal(thing)}Id`
  const known = (ids as Record<string, unknown>)[schema] as z.ZodType | undefined
  if (!known) return { name: `${camel(thing)}Id`, schema: undefined, value: `${thing}-1` }
  const prefix = /"\^([a-z]+)_/.exec(JSON.stringify(z.toJSONSchema(known)))?.[1] as keyof ids.IdKinds
  return { name: `${camel(thing)}Id`, schema, value: fixedId(prefix, `${thing}0`) }
}

function permissionFor(thing: string, action: string, method: Method): Permission {
  const fitting = isSafe(method) ? ['read'] : [action, 'manage', 'submit', 'create']
  const found = fitting.map(verb => `${thing}:${verb}` as Permission).find(permission => rolesOf(permission).length > 0)
  return found ?? 'operations:read'
}

const rolesOf = (permission: Permission): Role[] => Role.options.filter(role => mayDo(role, permission))

const roleFor = (permission: Permission): Role =>
  mayDo('admin', permission) ? 'admin' : (rolesOf(permission)[0] as Role)

const sentence = (words: string): string => spoken(words).replace(/^./, letter => letter.toUpperCase())
const article = (word: string): string => (/^[aeiou]/.test(word) ? 'an' : 'a')
