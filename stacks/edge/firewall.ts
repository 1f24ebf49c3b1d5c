import { Fn } from 'aws-cdk-lib'
import type { LogGroup } from 'aws-cdk-lib/aws-logs'
import { CfnLoggingConfiguration, CfnRegexPatternSet, CfnWebACL } from 'aws-cdk-lib/aws-wafv2'
import { Construct } from 'constructs'
import { type Entry, isAction } from '../../functions/catalogue.ts'
import { problemStatus, problemTitle } from '../../shared/kernel/problem.ts'
import { splitRoute } from '../../shared/kernel/route.ts'

type Rule = CfnWebACL.RuleProperty
type Statement = CfnWebACL.StatementProperty

/**
 * Requests of one address in five minutes. A practice of fifty people behind one address makes a few thousand; the limits of users
 * and addresses in the pipeline are finer, and this keeps what is far beyond them away from everybody's functions.
 */
const requestsOfAddress = 10_000

/** Tries at a credential of one address in five minutes: a whole practice that signs in at nine, and no more. */
const triesOfAddress = 300

/**
 * What is turned away before anything of ours runs. There is no group against SQL injection: nothing here speaks SQL, and notes of
 * clinicians do say `select` and `union`.
 */
export class Firewall extends Construct {
  readonly arn: string

  constructor(
    scope: Construct,
    { stage, entries, logs }: { stage: string; entries: readonly Entry[]; logs: LogGroup },
  ) {
    super(scope, 'Firewall')
    const credentialRoutes = new CfnRegexPatternSet(this, 'CredentialRoutes', {
      name: `haven-${stage}-credential-routes`,
      scope: 'CLOUDFRONT',
      description: 'Routes at which somebody shows a credential, as their declarations say',
      regularExpressionList: patternsOf(entries),
    })
    const atCredentials: Statement = {
      regexPatternSetReferenceStatement: {
        arn: credentialRoutes.attrArn,
        fieldToMatch: { uriPath: {} },
        // Written otherwise, a path is the same to the API.
        textTransformations: [
          { priority: 0, type: 'URL_DECODE' },
          { priority: 1, type: 'NORMALIZE_PATH' },
          { priority: 2, type: 'LOWERCASE' },
        ],
      },
    }
    const rules: Omit<Rule, 'priority' | 'visibilityConfig'>[] = [
      managed('AmazonIpReputationList'),
      // Counted and labelled: people hide behind such addresses for good reasons too, and programs of practices run there.
      managed('AnonymousIpList', { count: true }),
      // Notes are longer than the group's 8 KB; the API has a limit of its own.
      managed('CommonRuleSet', { except: ['SizeRestrictions_BODY'] }),
      managed('KnownBadInputsRuleSet'),
      rate('RequestsOfAddress', requestsOfAddress),
      rate('TriesOfAddress', triesOfAddress, atCredentials),
      {
        // Silent, and only where an address hides: a browser that has shown itself goes on, and asks an account's owner nothing.
        // Everywhere else the pipeline asks for its own proof of work, by account, when tries fail.
        name: 'HiddenAtCredentials',
        action: { challenge: {} },
        statement: {
          andStatement: {
            statements: [
              atCredentials,
              { labelMatchStatement: { scope: 'NAMESPACE', key: 'awswaf:managed:aws:anonymous-ip-list:' } },
            ],
          },
        },
      },
    ]
    const acl = new CfnWebACL(this, 'Acl', {
      name: `haven-${stage}`,
      scope: 'CLOUDFRONT',
      description: 'Before the portal and its API',
      defaultAction: { allow: {} },
      visibilityConfig: seenAs('All'),
      customResponseBodies: { limited },
      rules: rules.map((rule, priority) => ({ ...rule, priority, visibilityConfig: seenAs(rule.name) })),
    })
    this.arn = acl.attrArn
    new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: acl.attrArn,
      logDestinationConfigs: [Fn.select(0, Fn.split(':*', logs.logGroupArn))],
      // Paths and what refers to them hold ids of patients; the rest of these are what lets somebody in.
      redactedFields: [
        { uriPath: {} },
        { queryString: {} },
        ...['authorization', 'cookie', 'referer', 'x-csrf'].map(Name => ({ singleHeader: { Name } })),
      ],
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [
          {
            Behavior: 'KEEP',
            Requirement: 'MEETS_ANY',
            Conditions: ['BLOCK', 'COUNT', 'CHALLENGE'].map(Action => ({ ActionCondition: { Action } })),
          },
        ],
      },
    })
  }
}

/** Ten patterns at most are a set, each of 200 characters: one for each first word of a path. */
function patternsOf(entries: readonly Entry[]): string[] {
  const paths = entries
    .filter(isAction)
    .filter(({ declaration }) => declaration.limit === 'credential')
    .map(({ declaration }) => splitRoute(declaration.route).path.replace(/\{\w+\}/g, '[^/]+'))
  const byWord = Map.groupBy(new Set(paths), path => path.split('/').slice(0, 4).join('/'))
  return [...byWord].sort().map(([start, ofWord]) => {
    const ends = ofWord.map(path => path.slice(start.length)).sort()
    return `^${start}(${ends.join('|')})/?$`
  })
}

const managed = (
  name: string,
  { count = false, except = [] }: { count?: boolean; except?: string[] } = {},
): Omit<Rule, 'priority' | 'visibilityConfig'> => ({
  name,
  overrideAction: count ? { count: {} } : { none: {} },
  statement: {
    managedRuleGroupStatement: {
      vendorName: 'AWS',
      name: `AWSManagedRules${name}`,
      ruleActionOverrides: except.map(rule => ({ name: rule, actionToUse: { count: {} } })),
    },
  },
})

const rate = (name: string, limit: number, where?: Statement): Omit<Rule, 'priority' | 'visibilityConfig'> => ({
  name,
  action: {
    block: {
      customResponse: {
        responseCode: problemStatus('rate-limited'),
        customResponseBodyKey: 'limited',
        responseHeaders: [{ name: 'retry-after', value: '300' }],
      },
    },
  },
  statement: {
    rateBasedStatement: {
      limit,
      aggregateKeyType: 'IP',
      evaluationWindowSec: 300,
      ...(where && { scopeDownStatement: where }),
    },
  },
})

const seenAs = (metricName: string) => ({
  metricName,
  cloudWatchMetricsEnabled: true,
  // A sample holds headers and paths, and is kept where no key of ours is.
  sampledRequestsEnabled: false,
})

/** As the pipeline says it, but for the request's id: it has none yet. */
const limited = {
  contentType: 'APPLICATION_JSON',
  content: JSON.stringify({
    type: 'urn:problem:rate-limited',
    title: problemTitle('rate-limited'),
    status: problemStatus('rate-limited'),
    code: 'rate-limited',
  }),
}
