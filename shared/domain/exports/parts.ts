/** How a kind of export is written, line by line. */
export interface Writer<T> {
  head: () => string
  line: (item: T) => string
}

/** A piece of a file: its text, how many items are in it, and the last of them. */
export interface Part<T> {
  text: string
  items: number
  last: T
}

/** What S3 takes at least as a part of an upload that is not its last: 5 MiB. */
export const partBytes = 5 * 1024 * 1024

/**
 * Cuts a file that is not known whole into parts of a length or a little more. It holds one part. The head stands before the first
 * line of a file, and not of one that is gone on with.
 */
export async function* inParts<T>(
  items: AsyncIterable<T>,
  { head, line }: Writer<T>,
  { begins, length = partBytes }: { begins: boolean; length?: number },
): AsyncGenerator<Part<T>> {
  let lines: string[] = begins ? [head()] : []
  let bytes = 0
  let count = 0
  let last: T | undefined
  for await (const item of items) {
    const text = line(item)
    lines.push(text)
    bytes += Buffer.byteLength(text)
    count++
    last = item
    if (bytes < length) continue
    yield { text: lines.join(''), items: count, last: item }
    lines = []
    bytes = 0
    count = 0
    last = undefined
  }
  if (last !== undefined) yield { text: lines.join(''), items: count, last }
}
