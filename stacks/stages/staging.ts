import type { Stage } from '../configuration.ts'

/**
 * As production in all but its names, so that what is tested here is what is released. `origin`, `mailFrom`, `alertEmail`,
 * `zoneId`, `zoneName`, `originCertificate` and `originTruststore` belong here as soon as they are known.
 */
export default {
  edge: 'cloudfront',
  traffic: 'canary',
  // The states and territories: a licence to treat ends with them.
  countries: 'US,PR,GU,VI,AS,MP',
  logDays: 90,
  breachRange: 'https://api.pwnedpasswords.com/range/',
} satisfies Stage
