import { createHash } from 'node:crypto'
import { placesOf } from '../domain/passwords/filter.ts'
import { settingVariable } from '../kernel/port.ts'
import { breachedFilter } from './breached/filter.ts'

/** What a range service may cost a person who chooses a password; after that the list alone decides. */
const patienceMs = 1_500

const filter = Buffer.from(breachedFilter, 'base64')

/** Passwords that attackers have lists of. */
export const breached = () => ({
  async includes(password: string): Promise<boolean> {
    const listed = placesOf(password).every(place => ((filter[place >> 3] ?? 0) >> (place & 7)) & 1)
    return listed || (await isInRange(password))
  },
})

/**
 * Asks a range service, where the deploy names one, by five characters of a SHA-1: it learns one of a million groups and,
 * with padding, not even the group's size. A service that does not answer stops nobody.
 */
async function isInRange(password: string): Promise<boolean> {
  const url = process.env[settingVariable('breach-range')]
  if (!url) return false
  const hash = createHash('sha1').update(password.normalize('NFC')).digest('hex').toUpperCase()
  try {
    const response = await fetch(new URL(hash.slice(0, 5), url.replace(/\/?$/, '/')), {
      headers: { 'add-padding': 'true' },
      signal: AbortSignal.timeout(patienceMs),
      redirect: 'error',
    })
    if (!response.ok) return false
    // Padding is made of suffixes that were seen no times.
    const seen = new RegExp(`^${hash.slice(5)}:0*[1-9]`, 'm')
    return seen.test(await response.text())
  } catch {
    return false
  }
}
