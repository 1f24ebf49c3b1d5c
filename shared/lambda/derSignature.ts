/**
 * Takes the place of the ASN.1 library in every bundle. Of all that it could read, a passkey has one thing: an ECDSA signature,
 * `SEQUENCE { r INTEGER, s INTEGER }` in DER (RFC 3279 §2.2.3). Certificates, which only attestations have, are refused.
 */
export const AsnParser = {
  parse(der: Uint8Array): { r: Uint8Array; s: Uint8Array } {
    const [sequence, rest] = element(der, 0x30)
    const [r, after] = element(sequence, 0x02)
    const [s, end] = element(after, 0x02)
    if (rest.length > 0 || end.length > 0) throw new Error('something follows the signature')
    return { r, s }
  },
}

/** Only an attestation's certificate has one. */
export const OctetString = undefined

/** The content of the element that bytes begin with, and what follows it. The longest signature, of P-521, has 139 bytes. */
function element(bytes: Uint8Array, tag: number): [content: Uint8Array, rest: Uint8Array] {
  const long = bytes[1] === 0x81
  const length = long ? bytes[2] : bytes[1]
  const start = long ? 3 : 2
  if (bytes[0] !== tag || length === undefined || length === 0) throw new Error('not a DER signature')
  if (length >= 0x80 !== long || bytes.length < start + length) throw new Error('not a DER signature')
  return [bytes.slice(start, start + length), bytes.slice(start + length)]
}
