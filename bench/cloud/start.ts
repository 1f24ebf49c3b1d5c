import { fork } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { forgetTable } from '../../shared/store/table.ts'
import type { Place } from './serve.ts'

/** A running cloud of the benchmarks. */
export interface BenchCloud extends Place {
  stop(): Promise<void>
}

/**
 * Starts a cloud in a process of its own and makes this process its operator: what is planted from here goes straight to its
 * table.
 */
export async function startBenchCloud(assembly: string, data: string): Promise<BenchCloud> {
  const child = fork(resolve(import.meta.dirname, '..', 'run.ts'), ['serve', assembly, data])
  const ended = once(child, 'exit')
  const [place] = (await Promise.race([
    once(child, 'message'),
    ended.then(([code]) => Promise.reject(new Error(`the local run did not start: exit code ${code}`))),
  ])) as [Place]
  Object.assign(process.env, place.environment, {
    AWS_ENDPOINT_URL: place.awsUrl,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'OPERATOR',
    AWS_SECRET_ACCESS_KEY: 'local',
    TABLE_NAME: place.tableName,
  })
  forgetTable()
  return {
    ...place,
    async stop() {
      child.disconnect()
      await ended
    },
  }
}
