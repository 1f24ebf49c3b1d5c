import type { Client } from '../../harness/index.ts'

export const requestAmendment = (client: Client, patientId: string) =>
  client.call('amendments.request', {
    params: { patientId },
    body: { request: 'The visit of March says that I smoke. I never have.' },
  })

export const decide = (client: Client, patientId: string, amendmentId: string, body: object) =>
  client.call('amendments.decide', { params: { patientId, amendmentId }, body })
