import { EdgeSecret } from '../schema/secrets.ts'

export const readEdgeSecret = (text: string): EdgeSecret => EdgeSecret.parse(JSON.parse(text))

/** What counts as proof. */
export const proofsOf = ({ current, previous, next }: EdgeSecret): string[] =>
  [current, previous, next].filter(each => each !== '')

/** One step on. A secret that has no next one yet gets it, and no more: nobody would believe another at once. */
export const turned = ({ current, previous, next }: EdgeSecret, fresh: string): EdgeSecret =>
  next === '' ? { current, previous, next: fresh } : { current: next, previous: current, next: fresh }
