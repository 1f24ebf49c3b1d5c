import type { Node } from 'constructs'
import * as z from 'zod'
import dev from './stages/dev.ts'
import production from './stages/production.ts'
import staging from './stages/staging.ts'

/** What a deploy can be told: by its stage's file, or by `-c name=value`. A wrong value stops synthesis and names itself. */
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
  /** US dollars a month: at four fifths of it, and when it will be passed, `alertEmail` is told. */
  monthlyBudget: z.coerce.number().int().min(1).optional(),
  /** The repository of GitHub whose workflows deploy this stage, in the environment of its name; none when left out. */
  repository: z
    .string()
    .regex(/^[\w.-]+\/[\w.-]+$/, 'must be a repository such as practice/haven')
    .optional(),
  /** Where a second copy goes of each backup, of keys, secrets and buckets; none when left out. */
  copyRegion: z
    .string()
    .regex(/^us-[a-z]+-\d$/, 'must be a region of the United States')
    .optional(),
  /** Whether the table has a replica in `copyRegion` that follows it by the second, and not its daily copy alone. */
  tableReplica: z.enum(['no', 'yes']).default('no'),
  /** What stands before the API. It proves itself by the secret `origin`, and then its word for a client's address counts. */
  edge: z.enum(['none', 'cloudfront']).default('none'),
  /** The hosted zone that the portal's name is in: certificates prove themselves there, and names are written into it. */
  zoneId: z
    .string()
    .regex(/^Z[A-Z0-9]{5,32}$/, 'must be the id of a hosted zone, such as Z0123456789ABCDEFGHIJ')
    .optional(),
  zoneName: z
    .string()
    .regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'must be the name of that zone, such as example.org')
    .optional(),
  /** The certificate that the edge shows to the API, and the authority that the API knows it by: nobody else gets in. */
  originCertificate: z
    .string()
    .regex(/^arn:aws:acm:us-east-1:\d{12}:certificate\/[0-9a-f-]{36}$/, 'must be the ARN of a certificate in us-east-1')
    .optional(),
  originTruststore: z
    .string()
    .regex(
      /^s3:\/\/[a-z0-9][a-z0-9.-]+\/[\w./-]+\.pem$/,
      'must be where its authority lies, such as s3://bucket/ca.pem',
    )
    .optional(),
  /** The countries that the portal answers to, `US,PR`; everywhere when left out. */
  countries: z
    .string()
    .regex(/^[A-Z]{2}(,[A-Z]{2})*$/, 'must be codes of countries (ISO 3166), such as US,PR')
    .optional(),
  /** How a new version takes over: at once, or a tenth of the requests first and back again when an alarm goes off. */
  traffic: z.enum(['all-at-once', 'canary']).default('all-at-once'),
  /** Days that a log line is kept; audit records live in the table, not in logs. */
  logDays: z.coerce
    .number()
    .pipe(z.union([z.literal(30), z.literal(90), z.literal(365), z.literal(731)]))
    .default(365),
})
export type Configuration = z.infer<typeof Configuration>

/** What a stage's file may say: all but its own name. */
export type Stage = Omit<z.input<typeof Configuration>, 'stage'>

const stages: Record<string, Stage> = { dev, staging, production }

/** What the fields must be together. */
const Complete = Configuration.superRefine((configuration, { addIssue }) => {
  const { stage, region, origin, mailFrom, edge, zoneName, copyRegion, tableReplica } = configuration
  const must = (path: keyof Configuration, message: string) => addIssue({ code: 'custom', path: [path], message })
  // Where people are real, links and mail must be too: a link to a developer's machine would be sent to everybody.
  if (stage !== 'dev') {
    if (!origin.startsWith('https://')) must('origin', 'must be named, with https')
    if (mailFrom.endsWith('.example')) must('mailFrom', 'must be named')
    if (edge === 'none') must('edge', 'must be cloudfront: nothing else filters what comes')
  }
  if (tableReplica === 'yes' && !copyRegion) must('copyRegion', 'must be named where the table has a replica')
  if (copyRegion === region) must('copyRegion', 'must be another region')
  if (edge === 'none') return
  for (const name of ['zoneId', 'zoneName', 'originCertificate', 'originTruststore'] as const) {
    if (configuration[name] === undefined) must(name, 'must be named where there is an edge')
  }
  if (zoneName && !`.${new URL(origin).host}`.endsWith(`.${zoneName}`))
    must('origin', `must be in the zone ${zoneName}`)
  // A firewall of CloudFront, and its certificates, are of that region; so is the secret that it shows.
  if (region !== 'us-east-1') must('region', 'must be us-east-1 where there is an edge')
})

/** The stages that the context asks for: `release` is staging and production, so that one build is tested and then released. */
export const stagesOf = (node: Node): string[] => {
  const stage = node.tryGetContext('stage')
  return stage === 'release' ? ['staging', 'production'] : [stage]
}

/** The configuration of a stage: its file's, and over that the context's. A release is what the files say and nothing else. */
export function configurationOf(node: Node, stage = node.tryGetContext('stage')): Configuration {
  const overridden = node.tryGetContext('stage') === 'release' ? [] : Object.keys(Configuration.shape)
  const told = Object.fromEntries([
    ...overridden.map(name => [name, node.tryGetContext(name)]).filter(([, value]) => value !== undefined),
    ['stage', stage],
  ])
  const result = Complete.safeParse({ ...stages[told.stage], ...told })
  if (result.success) return result.data
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new Error(
    `The configuration is wrong: see stacks/stages/, or name the field with -c.\n${[...new Set(faults)].join('\n')}`,
  )
}
