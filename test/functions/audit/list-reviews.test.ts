import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { review } from './reviews.ts'

describe('GET /audit-reviews', () => {
  it('200 pages through the days, with how much was read and by which thresholds', async () => {
    const practice = await newPractice()
    const auditor = await practice.as('auditor')
    await (await practice.as('admin')).call('audit.set-thresholds', { body: { opens: '08:00' } })
    for (const day of ['2026-03-08', '2026-03-09', '2026-03-10']) await review(practice, day)
    const first = await auditor.call('audit.list-reviews', { query: { limit: '2' } })
    expect(first.body.items).toMatchObject([
      { day: '2026-03-10', records: 0, findings: 0, thresholds: { opens: '08:00', closes: '20:00' } },
      { day: '2026-03-09' },
    ])
    const second = await auditor.call('audit.list-reviews', { query: { limit: '2', cursor: first.body.next } })
    expect(second.body).toMatchObject({ items: [{ day: '2026-03-08' }] })
    expect(second.body).not.toHaveProperty('next')
  })
})
