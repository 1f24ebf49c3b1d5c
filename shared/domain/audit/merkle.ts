import { createHash } from 'node:crypto'

/** The Merkle tree hash of RFC 6962 §2.1 over texts, base64url: leaves and nodes are told apart, so neither passes for the other. */
export function merkleRoot(leaves: readonly string[]): string {
  return tree(leaves.map(leaf => sha256(Buffer.from([0]), Buffer.from(leaf)))).toString('base64url')
}

function tree(nodes: readonly Buffer[]): Buffer {
  if (nodes.length === 0) return sha256()
  if (nodes.length === 1) return nodes[0] as Buffer
  const half = 2 ** Math.ceil(Math.log2(nodes.length) - 1)
  return sha256(Buffer.from([1]), tree(nodes.slice(0, half)), tree(nodes.slice(half)))
}

function sha256(...parts: Buffer[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
