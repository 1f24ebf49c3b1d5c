import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { publish } from './fixture.ts'

describe('GET /consent-texts', () => {
  it('200 shows the first words of every purpose in two languages, and what the practice has published since', async () => {
    const [practice, other] = await Promise.all([newPractice(), newPractice()])
    const { body: published } = await publish(await practice.as('admin'), 'recording', true)
    const { body } = await (await practice.as('patient')).call('consents.texts')
    const first = body.items.filter(({ version }: { version: number }) => version === 1)
    expect(first.map(({ purpose }: { purpose: string }) => purpose).sort()).toEqual([
      'part2-disclosure',
      'portal-messages',
      'recording',
      'telehealth',
      'treatment',
    ])
    for (const { translations } of first) {
      expect(translations.map(({ language }: { language: string }) => language)).toEqual(['en', 'es'])
    }
    expect(body.items.slice(5)).toEqual([published])
    expect((await (await other.as('patient')).call('consents.texts')).body.items).toHaveLength(5)
    expect(told(await (await practice.as('auditor')).call('consents.texts'))).toBe('404 forbidden')
  })
})
