import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Violation {
  ruleName: string
  reason?: string
  acknowledgedId?: string
  violatingConstructs: { constructPath: string; constructFqn?: string }[]
}
interface Report {
  pluginReports: { pluginName: string; violations: Violation[]; suppressedViolations?: Violation[] }[]
}

/** A reason that findings stand for, the rules that find them, and where. */
export interface Acknowledgement {
  reason: string
  rules: string[]
  places: string[]
  /** The kinds of resource that it is about. */
  kinds: string[]
}

/** The report that a synthesis leaves in its assembly: what was found, and what of it is acknowledged. */
export const reportOf = (assembly: string): Report =>
  JSON.parse(readFileSync(join(assembly, 'validation-report.json'), 'utf8')) as Report

/** What is found and acknowledged, by reason. */
export function acknowledgementsOf(assembly: string): Acknowledgement[] {
  const found = reportOf(assembly).pluginReports.flatMap(({ suppressedViolations = [] }) => suppressedViolations)
  return [...Map.groupBy(found, ({ reason = '' }) => reason)]
    .map(([reason, of]) => ({
      reason,
      rules: distinct(of.map(({ ruleName }) => ruleName.replace(/\[.*/, ''))),
      places: distinct(of.flatMap(each => each.violatingConstructs.map(({ constructPath }) => placeOf(constructPath)))),
      kinds: distinct(
        of.flatMap(each => each.violatingConstructs.map(({ constructFqn = '' }) => kindOf(constructFqn))),
      ),
    }))
    .sort((one, other) => one.rules.join().localeCompare(other.rules.join()) || one.reason.localeCompare(other.reason))
}

/** Acknowledgements that no finding needs, each as place and rule: what they excused has been mended. */
export function needlessIn(assembly: string): string[] {
  const used = reportOf(assembly).pluginReports.flatMap(({ suppressedViolations = [] }) =>
    suppressedViolations.flatMap(({ acknowledgedId = '', violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => ({ id: acknowledgedId, constructPath })),
    ),
  )
  return given(assembly)
    .filter(({ id, path }) => !used.some(each => each.id === id && `${each.constructPath}/`.startsWith(`${path}/`)))
    .map(({ id, path }) => `${placeOf(path)}: ${id}`)
}

/** The document of all acknowledgements. Places are named where they are few: it need not change with each new action. */
export function acknowledgementsPage(assembly: string): string {
  const sections = acknowledgementsOf(assembly).map(({ reason, rules, places, kinds }) =>
    [
      `## ${rules.map(rule => `\`${rule}\``).join(', ')}`,
      places.length > 7
        ? `At ${kinds.map(kind => `\`${kind}\``).join(', ')} of most stacks.`
        : `At ${places.map(place => `\`${place}\``).join(', ')}.`,
      reason,
    ].join('\n\n'),
  )
  return `${[intro, ...sections].join('\n\n')}\n`
}

const intro = `# Acknowledged findings

Written by \`npm run compliance\`; a test keeps it true. Each synthesis holds the templates to the packs AwsSolutions, HIPAA Security,
NIST 800-53 R5, PCI DSS 3.2.1 and Serverless of cdk-nag and to CloudFormation's own validation, and stops at any finding that is not
below. A reason stands in the code beside what it is about, and one that nothing needs any more fails a test.`

/** What was acknowledged, where it was: an assembly keeps the metadata of its constructs beside the templates. */
function given(assembly: string): { id: string; path: string }[] {
  return readdirSync(assembly)
    .filter(name => name.endsWith('.metadata.json'))
    .flatMap(name =>
      Object.entries(JSON.parse(readFileSync(join(assembly, name), 'utf8')) as Record<string, Metadata[]>),
    )
    .flatMap(([path, metadata]) =>
      metadata
        .filter(({ type }) => type === 'aws:cdk:acknowledged-rules')
        .flatMap(({ data }) => Object.keys(data ?? {}).map(id => ({ id, path: path.replace(/^\//, '') }))),
    )
}

interface Metadata {
  type: string
  data?: object
}

/** `Haven-production-Data/Archive/Resource` is `Data/Archive`. */
const placeOf = (path: string): string =>
  path
    .replace(/^Haven-[a-z]+-/, '')
    .replace(/\/Resource$/, '')
    .replace(/[\w.+-]+@[\w.-]+/, 'subscription')
const kindOf = (fqn: string): string => fqn.replace(/^aws-cdk-lib\.aws_(\w+)\.Cfn(\w+)$/, '$1 $2')
const distinct = (list: string[]): string[] => [...new Set(list)].sort()
