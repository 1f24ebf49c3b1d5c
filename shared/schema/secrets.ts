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

/** One pepper. Its id stands in each hash that was made with it: at most eight bytes, as the form of such hashes wants it. */
export const Pepper = z.object({ id: z.string().max(8), value: z.string().min(1) })
export type Pepper = z.infer<typeof Pepper>

/**
 * The present pepper and all that were before it. None is ever left out: a hash under one that is gone could be checked by nobody,
 * and its user would have to prove who they are some other way.
 */
export const Peppers = Pepper.extend({ before: z.array(Pepper) })
export type Peppers = z.infer<typeof Peppers>

/**
 * By what the edge proves itself. It shows `current`; the API believes that, the one before it, and the one that comes next. So the
 * next one is known to every function long before the edge shows it, and the old one still while some edges do.
 */
export const EdgeSecret = z.object({ current: z.string().min(32), previous: z.string(), next: z.string().default('') })
export type EdgeSecret = z.infer<typeof EdgeSecret>
