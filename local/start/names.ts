/**
 * The deployed name that belongs to a function's id: a name ends in the id, whatever a stack puts between the words.
 * Undefined for a function that the templates do not have yet.
 */
export function functionFor(id: string, names: string[]): string | undefined {
  const found = names.filter(name => bare(name).endsWith(bare(id)))
  return found.sort((a, b) => a.length - b.length)[0]
}

const bare = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '')
