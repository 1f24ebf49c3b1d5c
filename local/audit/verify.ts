import type { Client } from '../tour/client.ts'

/** Asks for a verification and says what it found. True when nothing is wrong. */
export async function verify(auditor: Client, period: { from: string; to: string }, say: (line: string) => void) {
  const { manifests, records, findings, more } = await auditor.post('verify', '/audit-verifications', period)
  say(`${period.from} to ${period.to}: ${manifests} manifests, ${records} records of this practice in the table`)
  for (const { kind, at } of findings) say(`  ${kind.padEnd(24)} ${at}`)
  if (more > 0) say(`  and ${more} more`)
  say(findings.length === 0 ? 'Nothing is wrong.' : 'The trail does not verify.')
  return findings.length === 0
}
