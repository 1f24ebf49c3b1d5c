import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..', '..')

it('docs/openapi.json breaks no recommended rule of Redocly, warnings counted', () => {
  const cli = resolve(root, 'node_modules', '@redocly', 'cli', 'bin', 'cli.js')
  const { stdout, status } = spawnSync(
    process.execPath,
    // What ends in a redirect succeeds with a 303.
    [cli, 'lint', 'docs/openapi.json', '--extends=recommended', '--skip-rule=operation-2xx-response', '--format=json'],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    },
  )
  const { problems, totals } = JSON.parse(stdout) as { problems: { ruleId: string }[]; totals: object }
  expect(problems.map(({ ruleId }) => ruleId)).toEqual([])
  expect(totals).toMatchObject({ errors: 0, warnings: 0 })
  expect(status).toBe(0)
}, 60_000)
