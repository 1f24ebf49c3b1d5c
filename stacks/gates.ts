import { type App, Validations } from 'aws-cdk-lib'
import {
  AwsSolutionsChecks,
  HIPAASecurityChecks,
  type IApplyRule,
  NIST80053R5Checks,
  PCIDSS321Checks,
  ServerlessChecks,
} from 'cdk-nag'
import type { IConstruct } from 'constructs'

/**
 * Holds the templates to five packs of rules at each synthesis, which stops at a finding that nobody has acknowledged. CDK's own
 * validation of templates is the sixth, by the flag `validateAgainstDefaultRules` in `cdk.json`.
 */
export function addGates(app: App): void {
  Validations.of(app).addPlugins(
    new NamedWildcards(app),
    new HIPAASecurityChecks(app),
    new NIST80053R5Checks(app),
    new PCIDSS321Checks(app),
    new ServerlessChecks(app),
  )
}

/**
 * Says why a finding at a construct stands. Rules go by their packs' names for them: `HIPAA.Security-LambdaDLQ`. Each reason is
 * listed in `docs/compliance/acknowledgements.md`, and one that no finding needs any more fails a test.
 */
export function acknowledge(scope: IConstruct, reason: string, ...rules: string[]): void {
  Validations.of(scope).acknowledge(
    ...rules.map(rule => ({ id: `${rule.slice(0, rule.indexOf('-'))}::${rule}`, reason })),
  )
}

/** The finding of a policy that allows something on more than one named resource. */
export const wildcard = (resource: string): string => `AwsSolutions-IAM5[Resource::${resource}]`

/** Calls a thing by its name in its stack, `<Archive.Arn>`, and a stack's output by its own, and not by the hashes of references to them. */
class NamedWildcards extends AwsSolutionsChecks {
  protected override applyRule(given: IApplyRule): void {
    super.applyRule({
      ...given,
      rule(node) {
        const result = given.rule(node)
        return Array.isArray(result) ? result.map(named) : result
      },
    })
  }
}

const named = (finding: string): string =>
  finding
    .replace(
      /\{"Fn::GetStackOutput":\{[^}]*"OutputName":"PublishOutputFnGetAtt(\w+?)[0-9A-F]{8}([A-Za-z]+)[0-9A-F]{8}"\}\}/,
      '<$1.$2>',
    )
    .replace(/\{"Fn::GetStackOutput":\{[^}]*"OutputName":"(\w+)"\}\}/, '<$1>')
    .replace(/<(\w+?)[0-9A-F]{8}\.Arn>/, '<$1.Arn>')
