import { expect } from 'vitest'
import type { TestPractice } from '../../harness/index.ts'

/** Demands a second factor of a practice's patients, after so many days of grace. */
export async function demandFactors(practice: TestPractice, graceDays: number) {
  const admin = await practice.as('admin')
  const { status, body } = await admin.call('practices.set-sign-in-policy', {
    body: { patientMfa: 'required', graceDays },
  })
  expect(status).toBe(200)
  return body as { patientMfa: string; graceDays: number; requiredSince: string }
}
