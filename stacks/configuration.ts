import type { Node } from 'constructs'
import * as z from 'zod'

/** What a deploy can be told, by `cdk.json` or `-c name=value`. A wrong value stops synthesis and names itself. */
const Configuration = z.strictObject({
  stage: z.enum(['dev', 'staging', 'production']),
  /** Where everything is. Named, because a replica's key cannot be told without it. */
  region: z
    .string()
    .regex(/^us-[a-z]+-\d$/, 'must be a region of the United States')
    .default('us-east-1'),
  /** Where the browser finds the portal: links and redirects are built from it and never from what a request says. */
  origin: z
    .string()
    .regex(
      /^(https:\/\/[a-z0-9][a-z0-9.-]*|http:\/\/localhost)(:\d+)?$/,
      'must be an origin such as https://portal.example',
    )
    .default('http://localhost:3000'),
  /** Whom mail comes from: its domain is a verified identity of SES. */
  mailFrom: z.email().default('no-reply@haven.example'),
  /** What texts come from: the id of a phone number or of a pool of them, of AWS End User Messaging. */
  smsFrom: z
    .string()
    .regex(/^(phone|pool)-\w{1,64}$/, 'must be the id of a phone number or pool, such as pool-1a2b')
    .default('pool-haven'),
  /** Where a new password's hash prefix is looked up among breached ones (k-anonymity); nowhere when left out. */
  breachRange: z.url({ protocol: /^https$/ }).optional(),
  /** Who is told of alarms. */
  alertEmail: z.email().optional(),
  /** Days that a log line is kept; audit records live in the table, not in logs. */
  logDays: z.coerce
    .number()
    .pipe(z.union([z.literal(30), z.literal(90), z.literal(365), z.literal(731)]))
    .default(365),
})
export type Configuration = z.infer<typeof Configuration>

/** Where people are real, links and mail must be too: a link to a developer's machine would be sent to everybody. */
const Complete = Configuration.superRefine(({ stage, origin, mailFrom }, { addIssue }) => {
  if (stage === 'dev') return
  if (!origin.startsWith('https://'))
    addIssue({ code: 'custom', path: ['origin'], message: 'must be named, with https' })
  if (mailFrom.endsWith('.example')) addIssue({ code: 'custom', path: ['mailFrom'], message: 'must be named' })
})

export function configurationOf(node: Node): Configuration {
  const given = Object.fromEntries(
    Object.keys(Configuration.shape)
      .map(name => [name, node.tryGetContext(name)])
      .filter(([, value]) => value !== undefined),
  )
  const result = Complete.safeParse(given)
  if (result.success) return result.data
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new Error(`The configuration is wrong.\n${faults.join('\n')}`)
}
