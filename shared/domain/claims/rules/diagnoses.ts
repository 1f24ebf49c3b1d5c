import type { Claim } from '../../../schema/claims.ts'
import type { Rule } from './rule.ts'

/** The diagnoses' form, order and repetition. */
export const diagnosisRules: readonly Rule[] = [
  {
    id: 'diagnosis-form',
    snip: 5,
    severity: 'error',
    check: claim => about(claim, 'must be an ICD-10-CM code', code => !/^[A-TV-Z]\d[0-9A-Z]{1,5}$/.test(code)),
  },
  {
    id: 'diagnosis-specific',
    snip: 5,
    severity: 'error',
    check: claim =>
      about(claim, 'is a category: a claim needs one of the codes below it', code => {
        return code.length === 3 && code.startsWith('F') && !wholeCategories.has(code)
      }),
  },
  {
    id: 'diagnosis-repeated',
    snip: 2,
    severity: 'error',
    check: claim => about(claim, 'stands on this claim twice', (code, index, codes) => codes.indexOf(code) < index),
  },
  {
    id: 'diagnosis-z-primary',
    snip: 6,
    severity: 'warning',
    check: claim =>
      about(claim, 'is rarely paid as the principal diagnosis', (code, index) => index === 0 && code.startsWith('Z')),
  },
]

/** Complaints about the diagnoses that fail a test, which sees them without dots. */
function about(claim: Claim, message: string, fails: (code: string, index: number, codes: string[]) => boolean) {
  const codes = claim.content.diagnoses.map(code => code.replace('.', '').toUpperCase())
  return codes.flatMap((code, index) =>
    fails(code, index, codes) ? [{ path: `content.diagnoses.${index}`, message }] : [],
  )
}

/** Categories of chapter F that are billable by their three characters (ICD-10-CM 2026). */
const wholeCategories = new Set(
  'F04 F05 F09 F21 F22 F23 F24 F28 F29 F39 F54 F59 F66 F69 F70 F71 F72 F73 F79 F82 F88 F89 F99'.split(' '),
)
