import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeClient } from '../../../shared/domain/client.ts'

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)'

describe('a client’s description', () => {
  it.each([
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/140.0.0.0 Safari/537.36`, 'Chrome on Windows'],
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/140.0 Safari/537.36 Edg/140.0`, 'Edge on Windows'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
      'Safari on Mac',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1',
      'Chrome on iPhone',
    ],
    [`Mozilla/5.0 (Linux; Android 15; Pixel 9) ${webkit} Chrome/140.0 Mobile Safari/537.36`, 'Chrome on Android'],
    [
      `Mozilla/5.0 (Linux; Android 15; SM-S9) ${webkit} SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36`,
      'Samsung Internet on Android',
    ],
    [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webkit} Chrome/140.0 Safari/537.36`, 'Chrome on ChromeOS'],
    [`Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/140.0 Safari/537.36 OPR/120.0`, 'Opera on Linux'],
    ['MyTool/1.0 (Windows NT 10.0)', 'Windows'],
    ['curl/8.9.1', 'Unknown client'],
    ['', 'Unknown client'],
  ])('of %j is %j', (userAgent, told) => {
    expect(describeClient(userAgent)).toBe(told)
  })

  it('holds our own words alone, whatever a client says of itself', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), text => {
        expect(describeClient(text)).toMatch(/^[A-Z][A-Za-z]+( [A-Za-z]+){0,3}$/)
      }),
    )
  })
})
