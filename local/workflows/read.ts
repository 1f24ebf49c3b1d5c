import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

export interface Step {
  name?: string
  uses?: string
  run?: string
  if?: string
  env?: Record<string, string>
  with?: Record<string, unknown>
}

export interface Job {
  'timeout-minutes'?: number
  permissions?: Record<string, string>
  environment?: string
  steps: Step[]
}

/** As much of a workflow as is looked at. */
export interface Workflow {
  name: string
  on: Record<string, { branches?: string[] } | null>
  permissions?: Record<string, string>
  concurrency?: object
  jobs: Record<string, Job>
}

/** The workflows of GitHub, with their text. */
export function workflows(root: string): { file: string; text: string; workflow: Workflow }[] {
  const folder = join(root, '.github', 'workflows')
  return readdirSync(folder)
    .sort()
    .map(file => {
      const text = readFileSync(join(folder, file), 'utf8')
      return { file, text, workflow: parse(text) as Workflow }
    })
}

export const stepsOf = ({ jobs }: Workflow): { job: string; step: Step }[] =>
  Object.entries(jobs).flatMap(([job, { steps }]) => steps.map(step => ({ job, step })))
