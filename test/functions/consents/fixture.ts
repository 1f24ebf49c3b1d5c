import type { Client } from '../../harness/index.ts'

/** Consents to a purpose: a patient in the portal, staff on paper. */
export const grant = (client: Client, patientId: string, purpose: string, more: object = {}) =>
  client.call('consents.grant', {
    params: { patientId },
    body: {
      purpose,
      textVersion: 1,
      language: 'en',
      method: client.user.role === 'patient' ? 'portal' : 'paper',
      ...more,
    },
  })

export const withdraw = (client: Client, patientId: string, purpose: string) =>
  client.call('consents.withdraw', { params: { patientId, purpose } })

/** Publishes the next version of a text. */
export const publish = (client: Client, purpose: string, reconsent: boolean) =>
  client.call('consents.publish-text', {
    body: { purpose, reconsent, translations: [{ language: 'en', title: 'Consent', paragraphs: ['I agree.'] }] },
  })

/** What a consent to disclose substance-use records says. */
export const part2 = {
  information: 'Attendance, diagnosis and medication',
  recipients: ['Cascade Health Plan', 'Harbor Primary Care'],
  purpose: 'Treatment and payment',
  expiresAt: '2099-01-01T00:00:00.000Z',
  signedBy: 'Ruth Castellanos',
}
