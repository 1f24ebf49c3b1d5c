import type { AwsClient } from 'aws4fetch'
import { functionsUrl, readBeside, signer } from './aws.ts'

/** Versions that are kept of a function beside those that requests go to: so far back a release can be undone. */
const kept = 5

interface Version {
  Version: string
}
interface Alias {
  FunctionVersion: string
  RoutingConfig?: { AdditionalVersionWeights?: Record<string, number> }
}

/** Removes old versions of our functions: the latest five stay, and all that an alias leads to. */
export async function handler(): Promise<{ removed: number }> {
  const aws = signer('lambda')
  const base = functionsUrl()
  let removed = 0
  for (const name of readBeside<string[]>('functions.json')) {
    const aliases = await all<Alias>(aws, `${base}/${name}/aliases`, 'Aliases')
    const led = new Set(
      aliases.flatMap(({ FunctionVersion, RoutingConfig }) => [
        FunctionVersion,
        ...Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {}),
      ]),
    )
    const versions = await all<Version>(aws, `${base}/${name}/versions`, 'Versions')
    for (const version of spare(
      versions.map(({ Version }) => Version),
      led,
    )) {
      const answer = await aws.fetch(`${base}/${name}?Qualifier=${version}`, { method: 'DELETE' })
      if (!answer.ok && answer.status !== 404) throw new Error(`${name}:${version} is not removed: ${answer.status}`)
      removed++
    }
  }
  process.stdout.write(`${JSON.stringify({ removed })}\n`)
  return { removed }
}

/** The versions that nobody needs: neither led to, nor among the latest, nor the unpublished code itself. */
function spare(versions: readonly string[], led: ReadonlySet<string>): string[] {
  const numbered = versions.filter(version => version !== '$LATEST').sort((one, other) => Number(other) - Number(one))
  return numbered.slice(kept).filter(version => !led.has(version))
}

async function all<Item>(aws: AwsClient, url: string, field: string): Promise<Item[]> {
  const items: Item[] = []
  let marker: string | undefined
  do {
    const answer = await aws.fetch(`${url}?MaxItems=50${marker ? `&Marker=${encodeURIComponent(marker)}` : ''}`)
    // A function that is in this release and not yet in the account has no versions.
    if (answer.status === 404) return []
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`)
    const page = (await answer.json()) as Record<string, Item[]> & { NextMarker?: string }
    items.push(...(page[field] ?? []))
    marker = page.NextMarker || undefined
  } while (marker)
  return items
}
