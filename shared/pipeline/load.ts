import type { Uses } from '../kernel/port.ts'
import type { LoadedPorts } from './steps/handle.ts'

/** Brings the code of ports, all at once. */
export async function loadPorts(uses: Uses): Promise<LoadedPorts> {
  return Object.fromEntries(
    await Promise.all(Object.entries(uses).map(async ([name, { load }]) => [name, await load()])),
  )
}
