import { generateSecret, generateURI } from 'otplib'
// Only the encoder: the package's own entry brings a PNG writer along, which would be a tenth of the bundle.
import { create } from 'qrcode/lib/core/qrcode.js'

/** A new authenticator's seed, and what an app reads of it: a URI (RFC 6238 by the Key Uri Format) and its picture. */
export const enrolment = () => ({
  newSeed: (): string => generateSecret(),

  describe(seed: string, label: string): { uri: string; qr: string } {
    const uri = generateURI({ issuer: 'Haven', label, secret: seed })
    return { uri, qr: drawQr(uri) }
  },
})

/** Light space that a reader needs around the code, in modules (ISO/IEC 18004 §6.3.8). */
const quiet = 4

function drawQr(text: string): string {
  const { modules } = create(text, { errorCorrectionLevel: 'M' })
  const dark: string[] = []
  for (let row = 0; row < modules.size; row++) {
    for (let column = 0; column < modules.size; column++) {
      if (modules.get(row, column)) dark.push(`M${column + quiet} ${row + quiet}h1v1h-1z`)
    }
  }
  const side = modules.size + 2 * quiet
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${side}v${side}H0z"/><path d="${dark.join('')}"/></svg>`
}
