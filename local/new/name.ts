/** Why nothing was made, in words for whoever asked. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}

/** What a function's id says of it. */
export interface Name {
  /** `claims.void` */
  id: string
  /** `claims` */
  domain: string
  /** `void` */
  action: string
  /** One of the domain's things: `claim`, `audit-event`. */
  thing: string
}

const form = /^([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\.([a-z][a-z0-9]*(?:-[a-z0-9]+)*)$/

/** Lambda takes 64 characters, of which `haven-production-` is the longest beginning. */
const longest = 64 - 'haven-production-'.length

/** Reads an id such as `claims.void`: a domain, which is a plural noun, and an action, which is a verb. */
export function readName(id = ''): Name {
  const [, domain = '', action = ''] = form.exec(id) ?? []
  if (!domain) {
    throw new Refusal(
      `"${id}" is not the name of a function. Write <domain>.<action> in small letters, digits and dashes: claims.void`,
    )
  }
  if (id.length > longest)
    throw new Refusal(`${id} is longer than the ${longest} characters that a function's name has`)
  return { id, domain, action, thing: singular(domain) }
}

/** `audit-event` as `AuditEvent`. */
export const pascal = (words: string): string =>
  words
    .split('-')
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

/** `audit-event` as `auditEvent`. */
export const camel = (words: string): string => words.charAt(0) + pascal(words).slice(1)

/** `audit-event` as `audit event`. */
export const spoken = (words: string): string => words.replaceAll('-', ' ')

function singular(plural: string): string {
  if (plural.endsWith('ies')) return `${plural.slice(0, -3)}y`
  if (/(ss|x|ch|sh)es$/.test(plural)) return plural.slice(0, -2)
  return /[^s]s$/.test(plural) ? plural.slice(0, -1) : plural
}
