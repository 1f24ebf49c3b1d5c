import * as z from 'zod'

/**
 * What Secrets Manager sends to the function that turns a secret: a version is made, set where it must be known, tested, and made the
 * present one. Each step comes at least once, and again after a failure.
 */
export const RotationStep = z
  .object({
    Step: z.enum(['createSecret', 'setSecret', 'testSecret', 'finishSecret']),
    ClientRequestToken: z.string().min(32).max(64),
  })
  .transform(({ Step, ClientRequestToken }) => ({ step: Step, version: ClientRequestToken }))

/** One value of a secret. Its id stands with whatever was made with it: eight bytes at most, as password hashes want it. */
export const SecretVersion = z.object({ id: z.string().max(8), value: z.string().min(1) })
export type SecretVersion = z.infer<typeof SecretVersion>

/**
 * The present value and all that were before it. None is ever left out: what was made with one that is gone would be of no use, a
 * password as a sealed record.
 */
export const SecretVersions = SecretVersion.extend({ before: z.array(SecretVersion) })
export type SecretVersions = z.infer<typeof SecretVersions>

/**
 * By what the edge proves itself. It shows `current`; the API believes that, the one before it, and the one that comes next. So the
 * next one is known to every function long before the edge shows it, and the old one still while some edges do.
 */
export const EdgeSecret = z.object({ current: z.string().min(32), previous: z.string(), next: z.string().default('') })
export type EdgeSecret = z.infer<typeof EdgeSecret>
