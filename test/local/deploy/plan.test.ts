import { describe, expect, it } from 'vitest'
import { commandOf, readDeploy } from '../../../local/deploy/plan.ts'

const release = ['Haven-staging-Data', 'Haven-staging-claims', 'Haven-production-Data', 'Haven-production-claims']
const command = (args: string[], stacks = release) => commandOf(readDeploy(args), () => stacks)

describe('npm run deploy', () => {
  it.each([[[]], [['--stage', 'prod']], [['--stage', 'Production']], [['--stage', '']], [['--stage', 'release']]])(
    'refuses the stage of %j',
    args => {
      expect(() => readDeploy(args)).toThrow('--stage must be one of dev, staging, production.')
    },
  )

  it('refuses what it does not know', () => {
    expect(() => readDeploy(['--stage', 'dev', '--force'])).toThrow('--force')
  })

  it('synthesizes and deploys the stacks of a stage, and of no other', () => {
    expect(command(['--stage', 'dev'])).toEqual([
      'deploy',
      'Haven-dev-*',
      '-c',
      'stage=dev',
      '--require-approval',
      'broadening',
      '--concurrency',
      '4',
    ])
  })

  it('shows what would change, and changes nothing', () => {
    expect(command(['--stage', 'staging', '--diff'])).toEqual(['diff', 'Haven-staging-*', '-c', 'stage=staging'])
    expect(command(['--stage', 'production', '--diff'])).toEqual([
      'diff',
      'Haven-production-*',
      '-c',
      'stage=production',
    ])
    expect(command(['--stage', 'production', '--diff', '--assembly', 'cdk.out'])).not.toContain('deploy')
  })

  it('deploys production from a release alone', () => {
    expect(() => command(['--stage', 'production'])).toThrow('name it with --assembly')
    expect(command(['--stage', 'production', '--assembly', 'out'])).toEqual([
      'deploy',
      'Haven-production-*',
      '--app',
      'out',
      '--require-approval',
      'broadening',
      '--concurrency',
      '4',
    ])
    const alone = release.filter(name => name.includes('production'))
    expect(() => command(['--stage', 'production', '--assembly', 'out'], alone)).toThrow('out is no release')
  })

  it('refuses an assembly of another stage', () => {
    expect(() => command(['--stage', 'dev', '--assembly', 'out'])).toThrow(
      'out holds no stacks of dev, but of staging and production.',
    )
    expect(() => command(['--stage', 'staging', '--assembly', 'out'], [])).toThrow('but of nothing')
  })
})
