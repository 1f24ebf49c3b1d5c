import { describe, expect, it } from 'vitest'
import { filesIn, importsOf, roomOf, sourceOf } from './imports.ts'

/** The walls are only as good as the eyes that watch them. */
describe('reading imports', () => {
  it('tells values, types and what is loaded lazily', () => {
    const seen = importsOf('shared/ports/gates.ts').map(({ to, type, lazy }) => [to, type, lazy])
    expect(seen).toEqual([
      ['shared/kernel/action.ts', false, false],
      ['shared/kernel/port.ts', false, false],
      ['shared/kernel/worker.ts', true, false],
      ['shared/store/journal.ts', false, true],
      ['shared/store/limits.ts', false, true],
      ['shared/store/notices.ts', false, true],
      ['shared/store/sessions.ts', false, true],
      ['shared/adapters/origin.ts', false, true],
      ['shared/store/bearers.ts', false, true],
      ['shared/adapters/cursors.ts', false, true],
      ['shared/store/sealing.ts', false, true],
      ['shared/adapters/secrets.ts', false, true],
    ])
  })

  it('names packages without what is inside them', () => {
    expect(importsOf('stacks/data.ts').map(({ to }) => to)).toContain('aws-cdk-lib')
    expect(importsOf('shared/store/journal.ts').map(({ to }) => to)).toEqual(
      expect.arrayContaining(['@aws-sdk/lib-dynamodb', 'node:timers/promises', 'shared/store/audit.ts']),
    )
  })

  it('sees as many imports as there are lines of them', () => {
    for (const file of [...filesIn('functions'), ...filesIn('shared'), ...filesIn('stacks')]) {
      const statements = sourceOf(file).match(/\bfrom '[^']+'( with \{ type: 'json' \})?$/gm) ?? []
      expect(importsOf(file).filter(({ lazy }) => !lazy).length, file).toBe(statements.length)
    }
  })

  it('loses comments and nothing else', () => {
    for (const file of filesIn('functions').filter(each => each.split('/').length === 3)) {
      expect(sourceOf(file), file).toMatch(/^export default define(Action|Worker)\(\{$/m)
      expect(sourceOf(file).trimEnd(), file).toMatch(/[})\w]$/)
      expect(sourceOf(file), file).not.toContain('/**')
    }
  })

  it('knows the rooms', () => {
    expect(['functions/claims/submit.ts', 'shared/kernel/action.ts', 'local/seed.ts'].map(roomOf)).toEqual([
      'functions',
      'shared/kernel',
      'local',
    ])
  })
})
