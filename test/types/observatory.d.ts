/** The part of the scanner that is used: it has no types of its own. */
declare module '@mdn/mdn-http-observatory' {
  export function scan(host: string): Promise<{
    scan: { grade: string; score: number; error: string | null; testsFailed: number }
    tests: Record<string, { pass: boolean; scoreModifier: number; result: string }>
  }>
}
