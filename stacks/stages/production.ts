import type { Stage } from '../configuration.ts'

/**
 * Where people are real. `origin`, `mailFrom`, `smsFrom`, `alertEmail`, `zoneId`, `zoneName`, `originCertificate` and
 * `originTruststore` belong here as soon as they are known: synthesis stops and names those that are missing.
 */
export default {
  edge: 'cloudfront',
  traffic: 'canary',
  // The states and territories: a licence to treat ends with them.
  countries: 'US,PR,GU,VI,AS,MP',
  logDays: 731,
  breachRange: 'https://api.pwnedpasswords.com/range/',
} satisfies Stage
