import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { CfnOIDCProvider, ManagedPolicy, PolicyStatement, Role, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import type { Configuration } from './configuration.ts'
import { acknowledge, wildcard } from './gates.ts'

const issuer = 'token.actions.githubusercontent.com'

/** What lets the workflows of one repository deploy this stage, without a key that anybody keeps: GitHub says for each run which it is. */
export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { configuration: Configuration; repository: string }) {
    super(scope, id, props)
    const { configuration, repository } = props
    const { stage, region, copyRegion } = configuration
    const provider = new CfnOIDCProvider(this, 'GitHub', {
      url: `https://${issuer}`,
      clientIdList: ['sts.amazonaws.com'],
    })
    const role = new Role(this, 'Role', {
      roleName: `haven-${stage}-deploy`,
      description: 'Deploys this stage, from a run of GitHub in the environment of its name',
      maxSessionDuration: Duration.hours(4),
      assumedBy: new WebIdentityPrincipal(provider.attrArn, {
        StringEquals: {
          [`${issuer}:aud`]: 'sts.amazonaws.com',
          // The environment, and not a branch: whom it lets in, its reviewers say.
          [`${issuer}:sub`]: `repo:${repository}:environment:${stage}`,
        },
      }),
    })
    const names = ['deploy', 'file-publishing', 'lookup'].flatMap(name =>
      [region, ...(copyRegion ? [copyRegion] : [])].map(where => ({ name, where })),
    )
    const policy = new ManagedPolicy(this, 'Policy', {
      roles: [role],
      description: 'Takes on the roles of the CDK, which do the work',
      statements: [
        new PolicyStatement({
          actions: ['sts:AssumeRole'],
          resources: names.map(
            ({ name, where }) => `arn:aws:iam::${this.account}:role/cdk-*-${name}-role-${this.account}-${where}`,
          ),
        }),
      ],
    })
    for (const { name, where } of names) {
      acknowledge(
        policy,
        'The roles that `cdk bootstrap` makes have a qualifier in their names, which is the account’s to choose.',
        wildcard(`arn:aws:iam::<AWS::AccountId>:role/cdk-*-${name}-role-<AWS::AccountId>-${where}`),
      )
    }
  }
}
