import * as z from 'zod'

/** An address as a number of its family's width. An IPv4 address that IPv6 carries (RFC 4291 §2.5.5.2) is the IPv4 address. */
export interface Address {
  family: 4 | 6
  value: bigint
}

/** The addresses that share their first `length` bits. */
export interface Block extends Address {
  length: number
}

/** A block of addresses, `203.0.113.0/24` or `2001:db8::/32` (RFC 4632, RFC 4291 §2.3), or one address. */
export const Cidr = z
  .string()
  .max(49)
  .refine(text => blockOf(text) !== undefined, 'must be an address, or a block that starts at its first address')

const width = { 4: 32, 6: 128 } as const

export function addressOf(text: string): Address | undefined {
  const four = ipv4(text)
  if (four !== undefined) return { family: 4, value: four }
  const six = ipv6(text)
  if (six === undefined) return undefined
  return six >> 32n === 0xffffn ? { family: 4, value: six & 0xffff_ffffn } : { family: 6, value: six }
}

export function blockOf(text: string): Block | undefined {
  const [, base = '', given] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const address = addressOf(base)
  if (!address) return undefined
  const { family, value } = address
  const carried = family === 4 && base.includes(':') ? 96 : 0
  const length = given === undefined ? width[family] : Number(given) - carried
  if (length < 0 || length > width[family] || (given && given !== String(Number(given)))) return undefined
  const rest = BigInt(width[family] - length)
  return (value >> rest) << rest === value ? { family, value, length } : undefined
}

export const isIn = ({ family, value }: Address, block: Block): boolean => {
  const rest = BigInt(width[block.family] - block.length)
  return family === block.family && value >> rest === block.value >> rest
}

/** Four decimal octets and no other spelling: with a leading zero some read octal. */
function ipv4(text: string): bigint | undefined {
  const octets = text.split('.')
  if (octets.length !== 4 || !octets.every(octet => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) < 256)) {
    return undefined
  }
  return octets.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n)
}

/** Eight groups, of which `::` stands for one or more of zero; the last two may be an IPv4 address. */
function ipv6(text: string): bigint | undefined {
  const tail = /^(.*:)([\d.]+\.\d+)$/.exec(text)
  const four = tail?.[2] === undefined ? undefined : ipv4(tail[2])
  if (tail && four === undefined) return undefined
  const plain =
    tail && four !== undefined ? `${tail[1]}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}` : text
  const halves = plain.split('::')
  if (halves.length > 2) return undefined
  const [head = [], rest = []] = halves.map(half => (half === '' ? [] : half.split(':')))
  const zeros = 8 - head.length - rest.length
  if (halves.length === 2 ? zeros < 1 : zeros !== 0) return undefined
  const groups = [...head, ...Array<string>(zeros).fill('0'), ...rest]
  if (!groups.every(group => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n)
}
