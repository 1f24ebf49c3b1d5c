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
  /** Who is told of alarms. */
  alertEmail: z.email().optional(),
  /** What stands before the API. It proves itself by the secret `origin`, and then its word for a client's address counts. */
  edge: z.enum(['none', 'cloudfront']).default('none'),
  /** Days that a log line is kept; audit records live in the table, not in logs. */
  logDays: z.coerce
    .number()
    .pipe(z.union([z.literal(30), z.literal(90), z.literal(365), z.literal(731)]))
    .default(365),
})
export type Configuration = z.infer<typeof Configuration>

export function configurationOf(node: Node): Configuration {
  const given = Object.fromEntries(
    Object.keys(Configuration.shape)
      .map(name => [name, node.tryGetContext(name)])
      .filter(([, value]) => value !== undefined),
  )
  const result = Configuration.safeParse(given)
  if (result.success) return result.data
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new Error(`The configuration is wrong.\n${faults.join('\n')}`)
}
