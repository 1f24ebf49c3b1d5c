import type { Client } from '../../harness/index.ts'

/** Notes that a county's health department was told of something. */
export const disclose = (client: Client, patientId: string, more: object = {}) =>
  client.call('disclosures.record', {
    params: { patientId },
    body: {
      disclosedAt: '2026-03-02T17:00:00.000Z',
      recipient: { name: 'Multnomah County Health Department' },
      what: 'A positive test',
      purpose: 'A report that the law asks for',
      legalBasis: 'public-health',
      ...more,
    },
  })

export const report = (client: Client, patientId: string, query: Record<string, string> = {}) =>
  client.call('disclosures.report', { params: { patientId }, query })
