import type { TestProject } from 'vitest/node'
import { dataFolder, Stack } from '../e2e/stack.ts'

/** The system under attack, beside the `place` by which the harness plants practices into its table. */
export interface Target {
  /** `127.0.0.1:<port>` of the HTTP API. */
  port: number
  /** What the system keeps: its logs, and the clearinghouse's inbox. */
  data: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    target: Target
  }
}

/**
 * One system for all attacks, as `npm start` runs it: the bundles of the synthesized templates, each under its own IAM policy.
 * Tests hold the operator's credentials, to plant what they attack and to move what they will not wait for.
 */
export default async function setup(project: TestProject) {
  const { data, remove } = dataFolder()
  // Room for one environment of every function beside those that a race wants of a single one.
  const stack = await Stack.start(data, '--pool', '160')
  const functions = (await (await fetch(`${stack.url}/_local/functions`)).json()) as {
    environment: Record<string, string>
  }[]
  project.provide('target', { port: Number(new URL(stack.url).port), data })
  project.provide('place', {
    clearinghouseUrl: '',
    environment: {
      ...Object.assign({}, ...functions.map(({ environment }) => environment)),
      AWS_ENDPOINT_URL: stack.awsUrl,
      AWS_ENDPOINT_URL_DYNAMODB: stack.awsUrl,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'OPERATOR',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
  })

  return async () => {
    await stack.stop()
    remove()
  }
}
