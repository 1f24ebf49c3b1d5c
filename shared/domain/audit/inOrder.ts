/** Several runs, each in the order of its keys, as one run in that order. It holds one item of each. */
export async function* inOrder<T>(runs: readonly AsyncIterator<T>[], keyOf: (item: T) => string): AsyncGenerator<T> {
  const heads = await Promise.all(runs.map(async run => ({ run, head: await run.next() })))
  for (;;) {
    let least: (typeof heads)[number] | undefined
    for (const each of heads) {
      if (!each.head.done && (!least || least.head.done || keyOf(each.head.value) < keyOf(least.head.value)))
        least = each
    }
    if (!least || least.head.done) return
    yield least.head.value
    least.head = await least.run.next()
  }
}
