import { vi } from 'vitest'

/** Does something and answers all that it wrote to standard output and error: log lines and metrics. */
export async function outputOf(work: () => Promise<unknown>): Promise<string> {
  const written: string[] = []
  const take = (chunk: string | Uint8Array) => written.push(String(chunk)) > 0
  const spies = [process.stdout, process.stderr].map(stream => vi.spyOn(stream, 'write').mockImplementation(take))
  try {
    await work()
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
  return written.join('')
}
