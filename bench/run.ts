import type { BenchOptions } from './options.ts'

// A benchmark of a server runs it in a process of its own, which is this program again.
const [first, assembly = '', data = ''] = process.argv.slice(2)
if (first === 'serve') {
  const { serve } = await import('./cloud/serve.ts')
  await serve(assembly, data)
} else {
  const { readOptions, usage } = await import('./options.ts')
  const options = asked(readOptions, usage)
  const { bench } = await import('./bench.ts')
  process.exitCode = await bench(options)
}

function asked(read: (args: string[]) => BenchOptions, usage: string): BenchOptions {
  try {
    const options = read(process.argv.slice(2))
    if (!options.help) return options
    process.stdout.write(usage)
    process.exit(0)
  } catch (cause) {
    process.stderr.write(`${cause instanceof Error ? cause.message : cause}\n\n${usage}`)
    process.exit(2)
  }
}
