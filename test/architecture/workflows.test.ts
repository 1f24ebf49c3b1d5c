import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { stepsOf, workflows } from '../../local/workflows/read.ts'

const root = resolve(import.meta.dirname, '..', '..')
const all = workflows(root)
const { scripts } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}
const named = (name: string) => {
  const found = all.find(({ workflow }) => workflow.name === name)
  if (!found) throw new Error(`there is no workflow ${name}`)
  return found
}

describe.each(all.map(each => [each.file, each] as const))('%s', (_, { text, workflow }) => {
  const steps = stepsOf(workflow)

  it('takes actions by the SHA of a commit, and says which version that is', () => {
    const uses = text.match(/uses: .*/g) ?? []
    expect(uses).toHaveLength(steps.filter(({ step }) => step.uses).length)
    for (const line of uses) expect(line).toMatch(/^uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  it('may read the sources and nothing else, unless a job says so', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' })
    for (const { permissions = {} } of Object.values(workflow.jobs)) {
      for (const [name, may] of Object.entries(permissions)) {
        if (may === 'write') expect(['id-token', 'security-events']).toContain(name)
      }
    }
  })

  it('ends in time, and never twice at once', () => {
    expect(workflow.concurrency).toBeDefined()
    for (const [job, { 'timeout-minutes': minutes }] of Object.entries(workflow.jobs)) {
      expect(minutes, job).toBeGreaterThan(0)
    }
  })

  it('puts nothing that others wrote into a command: it comes by the environment', () => {
    for (const { step } of steps) if (step.run) expect(step.run, step.name).not.toContain('${{')
  })

  it('leaves no credential in the checkout, and has no long-lived one', () => {
    for (const { step } of steps.filter(({ step }) => step.uses?.startsWith('actions/checkout@'))) {
      expect(step.with?.['persist-credentials']).toBe(false)
    }
    expect(text).not.toMatch(/AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)|aws-access-key-id/)
    const secrets = [...text.matchAll(/secrets\.(\w+)/g)].map(([, name]) => name)
    expect(secrets.filter(name => name !== 'SLACK_WEBHOOK')).toEqual([])
  })

  it('runs commands that there are', () => {
    for (const { step } of steps) {
      for (const [, script = ''] of (step.run ?? '').matchAll(/npm run (?:--silent )?([\w-]+)/g)) {
        expect(scripts, script).toHaveProperty(script)
      }
      for (const [, file = ''] of (step.run ?? '').matchAll(/(?:^|node )(\.[\w/.]+)/g)) {
        expect(existsSync(resolve(root, file)), file).toBe(true)
      }
    }
  })

  it('gets rights of the cloud by OIDC alone, in an environment of GitHub', () => {
    for (const { environment, permissions, steps } of Object.values(workflow.jobs)) {
      const enters = steps.some(({ uses }) => uses?.startsWith('aws-actions/'))
      expect(permissions?.['id-token'] === 'write').toBe(enters)
      if (enters) expect(['staging', 'production']).toContain(environment)
    }
  })
})

describe('the release', () => {
  const runsOf = (name: string) =>
    stepsOf(named(name).workflow).map(({ step }) => step.run ?? step.uses?.split('@')[0] ?? '')

  it('is kept before staging is deployed from it, and is all that production is deployed from', () => {
    const staging = runsOf('Staging')
    const made = staging.findIndex(run => run.includes('cdk synth'))
    const kept = staging.indexOf('actions/upload-artifact')
    const deployed = staging.findIndex(run => run.includes('run deploy'))
    expect([made, kept, deployed].every(at => at >= 0) && made < kept && kept < deployed).toBe(true)
    expect(staging[deployed]).toContain('--assembly release')
    const production = runsOf('Production')
    expect(production.filter(run => run.includes('cdk synth'))).toEqual([])
    for (const run of production.filter(run => run.includes('run deploy')))
      expect(run).toMatch(/--assembly (before\/)?release/)
    expect(production).toContain('actions/download-artifact')
  })

  it('is smoke-tested after each deploy, and goes back where that fails', () => {
    for (const name of ['Staging', 'Production']) {
      const runs = runsOf(name)
      const deploy = runs.findIndex(run => run.includes('--approved'))
      expect(runs.slice(deploy).some(run => run.includes('run smoke'))).toBe(true)
    }
    const back = stepsOf(named('Production').workflow).filter(({ step }) => step.name === 'Cloud: go back')
    expect(back.map(({ step }) => step.if)).toEqual(['failure() && steps.before.outputs.run'])
  })

  it('goes to production by hand, where somebody else approves', () => {
    const { workflow } = named('Production')
    expect(Object.keys(workflow.on)).toEqual(['workflow_dispatch'])
    expect(Object.values(workflow.jobs).map(({ environment }) => environment)).toEqual(['production'])
    expect(named('Staging').workflow.on).toEqual({ push: { branches: ['develop'] } })
  })
})

describe('CI', () => {
  it('runs every test, the gates, CodeQL, the review of dependencies and of their weaknesses, and lists what is inside', () => {
    const { text } = named('CI')
    for (const part of [
      '.ci/run',
      'cdk synth',
      'codeql-action/analyze',
      'dependency-review-action',
      'npm audit',
      'run --silent sbom',
    ]) {
      expect(text).toContain(part)
    }
  })
})
