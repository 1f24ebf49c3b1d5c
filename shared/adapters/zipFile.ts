import { crc32, deflateRawSync } from 'node:zlib'

/** A file of an archive: its name, and its text piece by piece. */
export interface ZipEntry {
  name: string
  text: AsyncIterable<string>
}

/** Bytes that are compressed as one: what is in memory beside the piece that is being sent. */
const blockBytes = 256 * 1024

/**
 * Writes a ZIP archive (APPNOTE 6.3.10) in pieces, without ever holding a file of it. Lengths and CRCs follow each file in a data
 * descriptor (4.3.9), since nobody knows them before. Names are ASCII; an archive stays below 4 GiB, or it is refused.
 */
export const zipFile = () => ({
  async *pack(entries: AsyncIterable<ZipEntry>, modifiedAt: string): AsyncGenerator<Buffer> {
    const directory: Buffer[] = []
    const stamp = dosTime(modifiedAt)
    let offset = 0
    for await (const { name, text } of entries) {
      const at = offset
      const local = header(0x04034b50, [20, flags, deflated], stamp, [0, 0, 0], name, [])
      yield local
      offset += local.length
      let [crc, size, packed] = [0, 0, 0]
      const block = (bytes: Buffer) => {
        crc = crc32(bytes, crc)
        size += bytes.length
        const piece = deflateRawSync(bytes, { finishFlush: syncFlush })
        packed += piece.length
        return piece
      }
      let waiting: string[] = []
      let length = 0
      for await (const part of text) {
        waiting.push(part)
        length += part.length
        if (length < blockBytes) continue
        yield block(Buffer.from(waiting.join('')))
        waiting = []
        length = 0
      }
      if (length > 0) yield block(Buffer.from(waiting.join('')))
      // An empty last block ends the stream of blocks (RFC 1951 §3.2.3).
      packed += lastBlock.length
      const descriptor = uints(0x08074b50, crc, packed, size)
      yield Buffer.concat([lastBlock, descriptor])
      offset += packed + descriptor.length
      if (offset > 0xffffffff) throw new Error('an archive would be longer than its format can say')
      directory.push(header(0x02014b50, [20, 20, flags, deflated], stamp, [crc, packed, size], name, [at]))
    }
    const central = Buffer.concat(directory)
    const end = Buffer.alloc(22)
    end.writeUInt32LE(0x06054b50, 0)
    end.writeUInt16LE(directory.length, 8)
    end.writeUInt16LE(directory.length, 10)
    end.writeUInt32LE(central.length, 12)
    end.writeUInt32LE(offset, 16)
    yield Buffer.concat([central, end])
  },
})

/** A data descriptor follows. */
const flags = 1 << 3
const deflated = 8
/** Z_SYNC_FLUSH: the block ends at a byte and says that more may follow. */
const syncFlush = 2
const lastBlock = Buffer.from([0x03, 0x00])

/** The header of a file: before it, or in the directory, where three more fields and its place follow. */
function header(
  signature: number,
  shorts: number[],
  stamp: number,
  lengths: number[],
  name: string,
  place: number[],
): Buffer {
  const inDirectory = place.length > 0
  return Buffer.concat([
    uints(signature),
    ushorts(...shorts),
    uints(stamp, ...lengths),
    ushorts(name.length, 0, ...(inDirectory ? [0, 0, 0] : [])),
    ...(inDirectory ? [uints(0, ...place)] : []),
    Buffer.from(name, 'latin1'),
  ])
}

const uints = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, index * 4)
  return bytes
}
const ushorts = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2)
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, index * 2)
  return bytes
}

/** Two seconds are its finest (4.4.6). */
function dosTime(instant: string): number {
  const [year = 1980, month = 1, day = 1, hour = 0, minute = 0, second = 0] = instant.split(/[-T:.Z]/).map(Number)
  const date = ((year - 1980) << 9) | (month << 5) | day
  return ((date << 16) | (hour << 11) | (minute << 5) | (second >> 1)) >>> 0
}
