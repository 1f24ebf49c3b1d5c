import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { enrolment } from '../../../shared/adapters/enrolment.ts'
import { totp } from '../../../shared/adapters/totp.ts'

/** The secret of both RFCs, `12345678901234567890`, in base32. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

const stepAt = (second: number, code: string, seed = secret) =>
  totp({ now: new Date(second * 1000).toJSON() }).step(seed, code)

describe('the authenticator', () => {
  // RFC 6238, appendix B, SHA-1: the last six of its eight digits.
  it.each([
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ])('agrees with RFC 6238 at second %i', (second, code) => {
    expect(stepAt(second, code.slice(-6))).toBe(Math.floor(second / 30))
  })

  // RFC 4226, appendix D: the step is the counter.
  it.each(
    '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'
      .split(' ')
      .map((code, counter) => [counter, code] as const),
  )('agrees with RFC 4226 at counter %i', (counter, code) => {
    expect(stepAt(counter * 30, code)).toBe(counter)
    expect(stepAt(counter * 30 + 29, code)).toBe(counter)
  })

  it('takes a code for half a minute after its step and five seconds before it, and no longer', () => {
    // Counter 4, whose step lasts from second 120 to 149.
    const taken = [114, 115, 120, 149, 179, 180].map(second => stepAt(second, '338314') === 4)
    expect(taken).toEqual([false, true, true, true, true, false])
  })

  it('makes seeds of 160 bits, all different, and a URI that changes nothing of the defaults', () => {
    const seeds = Array.from({ length: 100 }, enrolment().newSeed)
    expect(new Set(seeds).size).toBe(100)
    for (const seed of seeds) expect(seed).toMatch(/^[A-Z2-7]{32}$/)
    const { searchParams } = new URL(enrolment().describe(secret, 'label').uri)
    for (const [name, fixed] of [
      ['algorithm', 'SHA1'],
      ['digits', '6'],
      ['period', '30'],
    ] as const) {
      expect(searchParams.get(name) ?? fixed).toBe(fixed)
    }
  })
})

/** OATH Toolkit's authenticator, where the machine has it: `apt-get install oathtool`. */
const isThere = spawnSync('oathtool', ['--version']).status === 0

describe.runIf(isThere)('an authenticator that is not ours', () => {
  it('shows the codes that ours takes, at any time and for any seed of ours', () => {
    for (let run = 0; run < 40; run++) {
      const seed = enrolment().newSeed()
      const second = randomBytes(4).readUInt32BE()
      const now = `${new Date(second * 1000).toJSON().slice(0, 19).replace('T', ' ')} UTC`
      const code = execFileSync('oathtool', ['--totp', '--base32', '--now', now, seed], { encoding: 'utf8' }).trim()
      expect([seed, second, stepAt(second, code, seed)]).toEqual([seed, second, Math.floor(second / 30)])
    }
  })
})
