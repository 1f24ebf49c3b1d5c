/** The scopes of a request (RFC 6749 §3.3): those asked for, or all that may be had; nothing when one of them may not. */
export function scopesFor(asked: string | undefined, held: readonly string[]): readonly string[] | undefined {
  if (asked === undefined) return held
  const wanted = [...new Set(asked.split(' ').filter(Boolean))]
  return wanted.length > 0 && wanted.every(scope => held.includes(scope)) ? wanted : undefined
}
