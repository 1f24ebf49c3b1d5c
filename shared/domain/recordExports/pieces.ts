import { partBytes } from '../exports/parts.ts'

/** Gathers bytes into pieces that S3 takes as parts of an upload. It holds one. */
export async function* inPieces(bytes: AsyncIterable<Uint8Array>, length = partBytes): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = []
  let held = 0
  const piece = () => {
    const whole = new Uint8Array(held)
    let at = 0
    for (const part of waiting) {
      whole.set(part, at)
      at += part.length
    }
    waiting = []
    held = 0
    return whole
  }
  for await (const part of bytes) {
    waiting.push(part)
    held += part.length
    if (held >= length) yield piece()
  }
  if (held > 0) yield piece()
}
