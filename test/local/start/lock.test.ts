import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { takeLock } from '../../../local/start/lock.ts'

let data: string
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'lock-'))
})
afterEach(() => rmSync(data, { recursive: true }))

const file = () => join(data, 'lock.json')

it('is held until it is released', () => {
  const release = takeLock(data, 'http://localhost:1')
  expect(existsSync(file())).toBe(true)
  release()
  expect(existsSync(file())).toBe(false)
})

it('is refused while another run lives, with its address', () => {
  writeFileSync(file(), JSON.stringify({ pid: process.ppid, url: 'http://localhost:3000' }))
  expect(() => takeLock(data, 'http://localhost:1')).toThrow(
    `process ${process.ppid} runs on it (http://localhost:3000)`,
  )
})

it('is taken over from a run that was killed', () => {
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  writeFileSync(file(), JSON.stringify({ pid, url: 'http://localhost:3000' }))
  takeLock(data, 'http://localhost:1')()
})

it('is taken over when it was left half written', () => {
  writeFileSync(file(), '{"pi')
  takeLock(data, 'http://localhost:1')()
})
