import { spawn } from 'node:child_process'
import { appendFileSync, cpSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Manifest } from '../../local/backup/manifest.ts'
import { fixedId } from '../../local/seed.ts'
import { type Client, dataFolder, Stack } from './stack.ts'

const root = resolve(import.meta.dirname, '..', '..')
const { data, remove } = dataFolder()
const { data: elsewhere, remove: removeElsewhere } = dataFolder()
const copy = join(elsewhere, 'copy')
const restored = join(elsewhere, 'restored')
const patientId = fixedId('pat', 'patient0')

function program(name: 'backup' | 'restore', ...args: string[]): Promise<{ code: number | null; said: string }> {
  return new Promise(done => {
    const flags = ['--disable-warning=ExperimentalWarning', `local/${name}.ts`, ...args]
    const child = spawn(process.execPath, flags, { cwd: root })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => {
        said += chunk
      })
    }
    child.on('exit', code => done({ code, said }))
  })
}

/** A disclosure is one transaction: the item, sealed, and its record. */
const write = (client: Client, what: string) =>
  client.send('POST', `/patients/${patientId}/disclosures`, {
    disclosedAt: '2026-03-02T17:00:00.000Z',
    recipient: { name: 'Multnomah County' },
    what,
    purpose: 'A report that the law asks for',
    legalBasis: 'public-health',
  })

let acknowledged: { what: string; at: string }[]
let manifest: Manifest
beforeAll(async () => {
  const stack = await Stack.start(data)
  try {
    const admin = await stack.client('admin')
    const written: typeof acknowledged = []
    let running = true
    const writers = [0, 1, 2].map(async writer => {
      for (let count = 0; running; count++) {
        const what = `writer ${writer}, ${count}`
        const { status } = await write(admin, what)
        if (status === 201) written.push({ what, at: new Date().toISOString() })
        else await pause(200)
      }
    })
    await pause(4_000)
    const answer = await program('backup', '--data', data, '--to', copy)
    expect([answer.code, answer.said]).toEqual([0, expect.stringContaining('haven-dev ')])
    await pause(1_000)
    running = false
    await Promise.all(writers)
    expect((await program('restore', '--from', copy, '--data', data, '--replace')).said).toContain('is in use')
    acknowledged = written
  } finally {
    await stack.stop()
  }
  manifest = JSON.parse(readFileSync(join(copy, 'manifest.json'), 'utf8')) as Manifest
}, 300_000)
afterAll(() => {
  remove()
  removeElsewhere()
})

describe('a copy that was made while it was written', () => {
  it('runs, and has all that was acknowledged before it was begun, and nothing half', async () => {
    const { code, said } = await program('restore', '--from', copy, '--data', restored)
    expect([code, said]).toEqual([0, expect.stringContaining(`as it was at ${manifest.at}`)])
    const stack = await Stack.start(restored)
    try {
      const admin = await stack.client('admin')
      const told: string[] = []
      let path = `/patients/${patientId}/disclosures?limit=100`
      for (;;) {
        const { status, body } = await admin.send('GET', path)
        expect(status).toBe(200)
        told.push(...body.items.map((item: { what: string }) => item.what))
        if (!body.next) break
        path = `/patients/${patientId}/disclosures?limit=100&cursor=${encodeURIComponent(body.next)}`
      }
      const before = acknowledged.filter(({ at }) => at < manifest.at).map(({ what }) => what)
      expect(before.length).toBeGreaterThan(10)
      expect(before.filter(what => !told.includes(what))).toEqual([])
      // Some came after: it was not simply quiet.
      expect(acknowledged.length).toBeGreaterThan(before.length)

      const items = await stack.items('DISCLOSURE#')
      const records = new Set(
        (await stack.items('AUDIT#'))
          .filter(({ name }) => name === 'disclosures.record')
          .map(({ entity }) => (entity as { id: string }).id),
      )
      expect(items.filter(({ disclosureId }) => !records.has(String(disclosureId)))).toEqual([])
      // And it goes on.
      expect((await write(admin, 'after the restore')).status).toBe(201)
    } finally {
      await stack.stop()
    }
  }, 240_000)

  it.each([
    ['a byte more', (folder: string) => appendFileSync(join(folder, 'dynamodb.sqlite'), 'x'), 'is not what was copied'],
    ['a file less', (folder: string) => rmSync(join(folder, 'standins', 'kms.sqlite')), 'lacks standins/kms.sqlite'],
    ['a file more', (folder: string) => appendFileSync(join(folder, 'other.sqlite'), ''), 'is no part of the copy'],
    ['no manifest', (folder: string) => rmSync(join(folder, 'manifest.json')), 'is no copy'],
  ])('is refused with %s, and nothing is put anywhere', async (_, spoil, why) => {
    const spoilt = join(elsewhere, 'spoilt')
    rmSync(spoilt, { recursive: true, force: true })
    cpSync(copy, spoilt, { recursive: true })
    spoil(spoilt)
    const target = join(elsewhere, 'nowhere')
    const { code, said } = await program('restore', '--from', spoilt, '--data', target)
    expect([code, said]).toEqual([1, expect.stringContaining(why)])
    expect(existsSync(target)).toBe(false)
  })

  it('takes no place that is taken, unless it is told to, and then moves aside what is there', async () => {
    expect((await program('restore', '--from', copy, '--data', restored)).said).toContain('is not empty')
    const { code, said } = await program('restore', '--from', copy, '--data', restored, '--replace')
    const [, aside = ''] = /lies in (.*)\./.exec(said) ?? []
    expect([code, existsSync(join(aside, 'dynamodb.sqlite'))]).toEqual([0, true])
    expect((await program('backup', '--data', restored, '--to', copy)).said).toContain('is there already')
    expect((await program('backup', '--data', join(elsewhere, 'none'), '--to', `${copy}2`)).code).toBe(1)
  })
})
