import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { production } from '../../local/production.ts'
import { runbooks } from '../../stacks/runbooks.ts'
import { readCloud } from './cloud.ts'

const folder = resolve('docs', 'runbooks')
const files = readdirSync(folder).map(name => name.replace(/\.md$/, ''))
const { ofType } = readCloud(await production())
const alarms = [...ofType('AWS::CloudWatch::Alarm'), ...ofType('AWS::CloudWatch::CompositeAlarm')]

describe('a runbook', () => {
  it('is named by each alarm, and is there', () => {
    for (const { properties, id } of alarms) {
      const [, name = ''] = /Runbook: docs\/runbooks\/([a-z-]+)\.md$/.exec(String(properties.AlarmDescription)) ?? []
      expect(files, `${id}: ${properties.AlarmDescription}`).toContain(name)
    }
  })

  it('is there for an alarm: none is left over', () => {
    expect(files.sort()).toEqual([...runbooks].sort())
    const named = alarms.map(
      ({ properties }) => /runbooks\/([a-z-]+)\.md$/.exec(String(properties.AlarmDescription))?.[1],
    )
    // That of the budget is named by a mail that AWS writes.
    expect([...new Set([...named, 'budget'])].sort()).toEqual([...runbooks].sort())
  })

  it.each(files)('%s says what it means, what to do first and then, and what afterwards', name => {
    const text = readFileSync(join(folder, `${name}.md`), 'utf8')
    const sections = text.split(/^## /m).map(section => section.split('\n')[0])
    expect(sections.slice(1)).toEqual(['What it means', 'First', 'Then', 'Afterwards'])
    for (const [, link = ''] of text.matchAll(/\]\(([^)#]+)[^)]*\)/g))
      expect(existsSync(join(folder, link)), link).toBe(true)
  })
})
