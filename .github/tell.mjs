// Tells the team's channel how a deploy went. Where no webhook is set it says so here, and a deploy does not fail by it.
const [stage, outcome, run] = process.argv.slice(2)
const text = `${stage}: ${outcome} (${run})`
const webhook = process.env.SLACK_WEBHOOK
if (webhook) {
  const answer = await fetch(webhook, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
    signal: AbortSignal.timeout(10_000),
  }).catch(() => undefined)
  process.stdout.write(answer?.ok ? 'told\n' : 'the channel took no word of it\n')
} else process.stdout.write(`no SLACK_WEBHOOK: ${text}\n`)
