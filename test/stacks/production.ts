import { production as synthesized } from '../../local/production.ts'
import { readCloud } from './cloud.ts'

/** The cloud of production, with an operator's names: what the gates and the edge are judged by. */
export const production = readCloud(await synthesized())
