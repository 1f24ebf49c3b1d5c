import { parseArgs } from 'node:util'

const stages = ['dev', 'staging', 'production'] as const
type Stage = (typeof stages)[number]

/** What the command line of `npm run deploy` asks for. */
export interface Deploy {
  stage: Stage
  /** Shows what would change, and changes nothing. */
  diff: boolean
  /** What was synthesized before, and maybe tested; without it the sources are synthesized as they are. */
  assembly?: string
  /** Somebody has approved it already: nothing asks any more. */
  approved: boolean
}

export const usage = `Deploys a stage to the account whose credentials are at hand.

  npm run deploy -- --stage <stage> [options]

  --stage <stage>     dev, staging or production
  --diff              show what would change, and change nothing
  --assembly <dir>    deploy what lies there, and synthesize nothing; production takes nothing else. A release, which holds
                      staging and production from one build, is made by: npx cdk synth -c stage=release -o <dir>
  --approved          ask nothing: whoever runs it where nobody sits has had it approved
`

/** Reads the command line. Throws with a sentence for the user. */
export function readDeploy(args: string[]): Deploy {
  const { values } = parseArgs({
    args,
    options: {
      stage: { type: 'string' },
      diff: { type: 'boolean', default: false },
      assembly: { type: 'string' },
      approved: { type: 'boolean', default: false },
    },
  })
  const stage = stages.find(each => each === values.stage)
  if (!stage) throw new Error(`--stage must be one of ${stages.join(', ')}.`)
  return {
    stage,
    diff: values.diff,
    approved: values.approved,
    ...(values.assembly !== undefined && { assembly: values.assembly }),
  }
}

/**
 * The command of the CDK that does it. Production is deployed from an assembly alone, and from one that holds staging too: it is
 * what staging was deployed from, so that what goes out is what was tested. Every stack is named by its stage, so that an assembly
 * can hold others without their being touched.
 */
export function commandOf(
  { stage, diff, assembly, approved }: Deploy,
  stacksIn: (assembly: string) => string[],
): string[] {
  if (assembly !== undefined) {
    const held = new Set(stacksIn(assembly).map(name => name.split('-')[1]))
    if (!held.has(stage))
      throw new Error(`${assembly} holds no stacks of ${stage}, but of ${[...held].join(' and ') || 'nothing'}.`)
    if (stage === 'production' && !held.has('staging')) {
      throw new Error(`${assembly} is no release: it holds production without the staging that it was tested as.`)
    }
  } else if (stage === 'production' && !diff) {
    throw new Error('Production is deployed from what staging was deployed from: name it with --assembly.')
  }
  const from = assembly === undefined ? ['-c', `stage=${stage}`] : ['--app', assembly]
  return [diff ? 'diff' : 'deploy', `Haven-${stage}-*`, ...from, ...(diff ? [] : careful(approved))]
}

/** Asks before rights become wider, unless that was approved; four stacks at once, each after those that it refers to. */
const careful = (approved: boolean) => ['--require-approval', approved ? 'never' : 'broadening', '--concurrency', '4']
