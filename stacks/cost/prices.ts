/** A price per unit, or one that falls with what is used: each step up to an amount. */
export type Price = number | readonly { upTo: number; price: number }[]

/**
 * List prices of us-east-1 in dollars, without free tiers, savings plans or agreements, as they were noted from memory; those of Lambda
 * and of the table's units were compared with descriptions of the lists of 2024 and 2025. Where they stand is in `sources`: compare
 * them before a sum is believed.
 */
export const prices = {
  asOf: '2025-06',
  sources: [
    'https://aws.amazon.com/lambda/pricing/',
    'https://aws.amazon.com/api-gateway/pricing/',
    'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    'https://aws.amazon.com/cloudfront/pricing/',
    'https://aws.amazon.com/waf/pricing/',
    'https://aws.amazon.com/cloudwatch/pricing/',
    'https://aws.amazon.com/kms/pricing/',
    'https://aws.amazon.com/secrets-manager/pricing/',
  ],
  lambda: {
    request: 0.2e-6,
    /** A GB-second on arm64. */
    gbSecond: [
      { upTo: 7.5e9, price: 13.3334e-6 },
      { upTo: 18.75e9, price: 12.0001e-6 },
      { upTo: Number.POSITIVE_INFINITY, price: 10.6667e-6 },
    ],
  },
  api: {
    request: [
      { upTo: 300e6, price: 1e-6 },
      { upTo: Number.POSITIVE_INFINITY, price: 0.9e-6 },
    ],
  },
  table: { readUnit: 0.125e-6, writeUnit: 0.625e-6, gbMonth: 0.25, gbMonthOfRecovery: 0.2 },
  edge: {
    request: 1e-6,
    gbOut: [
      { upTo: 10_240, price: 0.085 },
      { upTo: 51_200, price: 0.08 },
      { upTo: 153_600, price: 0.06 },
      { upTo: Number.POSITIVE_INFINITY, price: 0.04 },
    ],
  },
  firewall: { acl: 5, rule: 1, request: 0.6e-6 },
  logs: { gbIn: 0.5, gbMonth: 0.03 },
  alarms: { metric: 0.1, composite: 0.5, dashboard: 3, customMetric: 0.3 },
  keys: { key: 1, request: 3e-6 },
  secrets: { secret: 0.4, request: 5e-6 },
  names: { zone: 0.5 },
} as const satisfies Record<string, unknown>

/** What an amount costs, each part of it at its own step. */
export function costOf(amount: number, price: Price): number {
  if (typeof price === 'number') return amount * price
  let from = 0
  let sum = 0
  for (const step of price) {
    sum += Math.max(0, Math.min(amount, step.upTo) - from) * step.price
    from = step.upTo
  }
  return sum
}
