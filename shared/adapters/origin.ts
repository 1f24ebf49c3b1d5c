/** Where the browser finds the portal, as the deploy was told. A request's Host header is the client's own word and is not asked. */
export function origin(): string {
  const value = process.env.PORTAL_ORIGIN
  if (!value) throw new Error('PORTAL_ORIGIN is not set')
  return value
}
