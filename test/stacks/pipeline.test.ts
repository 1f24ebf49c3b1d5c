import { describe, expect, it } from 'vitest'
import { production } from '../../local/production.ts'
import { ofType as ofDev, type Resource, readCloud } from './cloud.ts'

const { ofType, only, statementsOf } = readCloud(await production())

describe('the role by which GitHub deploys', () => {
  const [role] = ofType('AWS::IAM::Role', 'Pipeline')

  it('is taken on by runs of one repository, in the environment of this stage', () => {
    const { Statement } = (role as Resource).properties.AssumeRolePolicyDocument as { Statement: object[] }
    expect(Statement).toMatchObject([
      {
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
            'token.actions.githubusercontent.com:sub': 'repo:practice/haven:environment:production',
          },
        },
      },
    ])
  })

  it('may take on the roles of the CDK and do nothing itself', () => {
    const { properties, stack } = only('AWS::IAM::ManagedPolicy', 'Pipeline')
    const statements = statementsOf(properties.PolicyDocument, stack)
    expect(statements.map(({ actions }) => actions)).toEqual([['sts:AssumeRole']])
    const roles = (statements[0]?.resources ?? []).map(resource => resource.replace(/^.*:role\/cdk-\*-|\{.*\}-/g, ''))
    const everywhere = ['deploy', 'file-publishing', 'lookup'].flatMap(name =>
      ['us-east-1', 'us-west-2'].map(region => `${name}-role-${region}`),
    )
    expect(roles).toEqual(everywhere)
  })

  it('is nowhere that names no repository', () => {
    expect(ofDev('AWS::IAM::OIDCProvider')).toEqual([])
  })
})
