import { App } from 'aws-cdk-lib'
import { describe, expect, it } from 'vitest'
import { production } from '../../local/production.ts'
import { example } from '../../stacks/compliance/example.ts'
import { configurationOf } from '../../stacks/configuration.ts'
import { ofType as ofDev, readCloud } from './cloud.ts'

const { ofType, only, nameOf, statementsOf } = readCloud(await production())

describe('copies of the table', () => {
  it('lie in vaults under keys of their own, which nobody empties before their time', () => {
    const vaults = ofType('AWS::Backup::BackupVault')
    expect(vaults.map(({ stack }) => stack).sort()).toEqual(['Backup', 'Copies'])
    for (const { properties, stack } of vaults) {
      expect(properties.LockConfiguration).toMatchObject({ MinRetentionDays: 35, ChangeableForDays: 3 })
      expect(nameOf(properties.EncryptionKeyArn, stack)).toMatch(new RegExp(`^${stack}/Key`))
    }
  })

  it('are made daily, kept for 35 days, and copied into another region', () => {
    const { properties } = only('AWS::Backup::BackupPlan')
    const { BackupPlanRule: rules } = properties.BackupPlan as { BackupPlanRule: Record<string, unknown>[] }
    expect(rules).toMatchObject([
      {
        ScheduleExpression: 'cron(0 8 * * ? *)',
        Lifecycle: { DeleteAfterDays: 35 },
        CopyActions: [{ Lifecycle: { DeleteAfterDays: 35 } }],
      },
    ])
    expect(JSON.stringify(rules[0]?.CopyActions)).toContain(':backup:us-west-2:')
  })

  it('are of the table alone: a key that was destroyed must be in no copy that nobody can delete', () => {
    const { properties, stack } = only('AWS::Backup::BackupSelection')
    const { Resources } = properties.BackupSelection as { Resources: unknown[] }
    expect(Resources.map(each => nameOf(each, stack))).toEqual([expect.stringMatching(/Data\/Table[0-9A-F]+\.Arn/)])
  })

  it('are made by a role that may do that and nothing else', () => {
    const { properties, stack } = only('AWS::IAM::ManagedPolicy', 'Backup')
    const actions = statementsOf(properties.PolicyDocument, stack).flatMap(each => each.actions)
    expect(actions.filter(action => /Delete|Put|Update|Restore/.test(action))).toEqual([])
    const [role] = ofType('AWS::IAM::Role', 'Backup')
    expect(role?.properties).not.toHaveProperty('ManagedPolicyArns')
  })

  it('are none of a developer’s', () => {
    expect(ofDev('AWS::Backup::BackupVault')).toEqual([])
  })

  it('go to another region than the table’s', () => {
    const app = new App({ context: { ...example, copyRegion: 'us-east-1' } })
    expect(() => configurationOf(app.node)).toThrow('copyRegion: must be another region')
  })
})
