/** Prints what a start is doing and how long each step took. */
export interface Progress {
  /** Runs a step and prints one line when it ends. `note` may add to the line what there is to know of the result. */
  step<Value>(title: string, work: () => Promise<Value> | Value, note?: (value: Value) => string): Promise<Value>
  say(line: string): void
}

export function progress(write: (text: string) => void = text => void process.stdout.write(text)): Progress {
  return {
    async step(title, work, note) {
      const began = performance.now()
      write(`  ${title.padEnd(34)}`)
      try {
        const value = await work()
        const seconds = ((performance.now() - began) / 1_000).toFixed(1)
        write(`${seconds.padStart(6)} s${note ? `  ${note(value)}` : ''}\n`)
        return value
      } catch (cause) {
        write('failed\n')
        throw cause
      }
    },
    say: line => write(`${line}\n`),
  }
}
