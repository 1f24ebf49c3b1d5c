import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callJson } from '../../local/aws/json.ts'
import { fixture } from './fixture/assembly.ts'
import { eventually } from './fixture/cloud.ts'

interface Run {
  child: ChildProcess
  url: string
  awsUrl: string
}

describe('a run that is ended by kill -9', () => {
  const data = mkdtempSync(join(tmpdir(), 'local-killed-'))
  const program = join(import.meta.dirname, 'fixture', 'run.ts')
  const runs: ChildProcess[] = []
  let assembly = ''
  beforeAll(async () => {
    assembly = await fixture()
  }, 60_000)
  afterAll(async () => {
    for (const child of runs) child.kill('SIGKILL')
    await eventually(async () => (isAlive(enginePid()) ? undefined : true))
    rmSync(data, { recursive: true, force: true })
  })

  async function start(): Promise<Run> {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, assembly, data])
    runs.push(child)
    let said = ''
    child.stdout.on('data', chunk => {
      said += chunk
    })
    const line = await eventually(async () => (said.includes('\n') ? said : undefined), 20_000)
    return { child, ...(JSON.parse(line) as { url: string; awsUrl: string }) }
  }

  const enginePid = () => {
    try {
      return Number(readFileSync(join(data, 'dynamodb.sqlite.pid'), 'utf8'))
    } catch {
      return 0
    }
  }
  const table = <Result>({ awsUrl }: Run, operation: string, input: object) =>
    callJson<Result>(awsUrl, `DynamoDB_20120810.${operation}`, { TableName: 'fixture', ...input })
  const at = (pk: string) => ({ pk: { S: pk }, sk: { S: '-' } })

  it('takes its engine with it, and the next run has every acknowledged write and message', async () => {
    const first = await start()
    const engine = enginePid()
    expect(isAlive(engine)).toBe(true)
    await callJson(first.awsUrl, 'AmazonSQS.SendMessage', {
      QueueUrl: `${first.awsUrl}/000000000000/fixture-failed`,
      MessageBody: 'kept',
    })
    const acknowledged: string[] = []
    const write = async (writer: number) => {
      for (let n = 0; ; n++) {
        await table(first, 'PutItem', { Item: at(`EVENT#${writer}-${n}`) })
        acknowledged.push(`EVENT#${writer}-${n}`)
      }
    }
    const writers = Promise.allSettled([0, 1, 2, 3].map(write))
    await new Promise(resolve => setTimeout(resolve, 400))
    first.child.kill('SIGKILL')
    await writers
    expect(acknowledged.length).toBeGreaterThan(20)
    await eventually(async () => (isAlive(engine) ? undefined : true))

    const second = await start()
    for (const name of acknowledged) {
      expect(await table(second, 'GetItem', { Key: at(name) })).toEqual({ Item: at(name) })
    }
    const { Messages } = await callJson<{ Messages: { Body: string }[] }>(second.awsUrl, 'AmazonSQS.ReceiveMessage', {
      QueueUrl: `${second.awsUrl}/000000000000/fixture-failed`,
    })
    expect(Messages.map(({ Body }) => Body)).toEqual(['kept'])
    // The stream's reader goes on where it was: what the first run had not delivered comes now.
    for (const name of acknowledged) {
      const item = await eventually(async () => {
        const { Item } = await table<{ Item?: { seen: { N: string } } }>(second, 'GetItem', { Key: at(`SEEN#${name}`) })
        return Item
      }, 15_000)
      expect(Number(item.seen.N)).toBeGreaterThan(0)
    }
  }, 60_000)
})

function isAlive(pid: number): boolean {
  if (!pid) return false
  try {
    // An ended process that nobody has waited for yet has no command line.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}
