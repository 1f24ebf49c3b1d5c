import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rules } from '../../../../shared/domain/claims/rules/catalogue.ts'
import { scrub } from '../../../../shared/domain/claims/scrub.ts'
import { type Claim, ClaimContent, Finding } from '../../../../shared/schema/claims.ts'
import { dependentClaim, selfClaim, today, withContent, withLines } from './sample.ts'

/** For each rule, claims that break it, with the paths it must name, and claims near them that do not. */
const examples: Record<string, { breaks: [Claim, ...string[]][]; keeps: Claim[] }> = {
  npi: {
    breaks: [
      [changed(claim => (claim.billing.npi = '1234567890')), 'billing.npi'],
      [changed(claim => (claim.rendering.npi = '9245319599')), 'rendering.npi'],
    ],
    keeps: [changed(claim => (claim.rendering.npi = claim.billing.npi))],
  },
  'billing-postal-code': {
    breaks: [[changed(claim => (claim.billing.address.postalCode = '97205')), 'billing.address.postalCode']],
    keeps: [changed(claim => (claim.subscriber.address.postalCode = '972051234'))],
  },
  'billing-street-address': {
    breaks: [
      ...['PO Box 12', 'P.O. Box 12', 'p o box 12', 'Post Office Box 12', 'POB 12'].map((line1): [Claim, string] => [
        changed(claim => (claim.billing.address.line1 = line1)),
        'billing.address.line1',
      ]),
      [changed(claim => (claim.billing.address.line2 = 'PO BOX 9')), 'billing.address.line2'],
    ],
    keeps: [
      changed(claim => (claim.billing.address.line1 = '12 Boxwood Post Rd')),
      changed(claim => (claim.subscriber.address.line1 = 'PO Box 12')),
    ],
  },
  'subscriber-is-patient': {
    breaks: [[changed(claim => (claim.patient.birthDate = '1990-01-01')), 'relationship']],
    keeps: [dependentClaim()],
  },
  'signature-on-file': {
    breaks: [[withContent(selfClaim(), { signatureOnFile: false }), 'content.signatureOnFile']],
    keeps: [selfClaim()],
  },
  'diagnosis-form': {
    breaks: [[withContent(selfClaim(), { diagnoses: ['F41.1', '300.02'] }), 'content.diagnoses.1']],
    keeps: [withContent(selfClaim(), { diagnoses: ['f411', 'F33.1'] })],
  },
  'diagnosis-specific': {
    breaks: [[withContent(selfClaim(), { diagnoses: ['F41', 'F33.1'] }), 'content.diagnoses.0']],
    keeps: [withContent(selfClaim(), { diagnoses: ['F39', 'F33.1'] })],
  },
  'diagnosis-repeated': {
    breaks: [[withContent(selfClaim(), { diagnoses: ['F41.1', 'F411'] }), 'content.diagnoses.1']],
    keeps: [withContent(selfClaim(), { diagnoses: ['F41.1', 'F41.0'] })],
  },
  'diagnosis-z-primary': {
    breaks: [[withContent(selfClaim(), { diagnoses: ['Z63.0', 'F33.1'] }), 'content.diagnoses.0']],
    keeps: [withContent(selfClaim(), { diagnoses: ['F33.1', 'Z63.0'] })],
  },
  'future-service': {
    breaks: [[withLines({}, { date: '2026-11-23' }), 'content.lines.1.date']],
    keeps: [withLines({ date: today })],
  },
  'service-before-birth': {
    breaks: [[changed(claim => (claim.patient.birthDate = '2026-11-21'), dependentClaim()), 'content.lines.0.date']],
    keeps: [changed(claim => (claim.patient.birthDate = '2026-11-20'), dependentClaim())],
  },
  'coverage-active': {
    breaks: [
      [changed(claim => (claim.coverageStart = '2026-11-21')), 'content.lines.0.date'],
      [changed(claim => (claim.coverageEnd = '2026-11-19')), 'content.lines.0.date'],
    ],
    keeps: [changed(claim => Object.assign(claim, { coverageStart: '2026-11-20', coverageEnd: '2026-11-20' }))],
  },
  'timely-filing': {
    breaks: [
      [changed(claim => (claim.payer.timelyFilingDays = 1)), 'content.lines.0.date'],
      // Medicare's year holds whatever was set for the payer.
      [
        changed(
          claim => Object.assign(claim.payer, { filing: 'MB', timelyFilingDays: 1_000 }),
          withLines({ date: '2025-11-21' }),
        ),
        'content.lines.0.date',
      ],
    ],
    keeps: [
      changed(claim => (claim.payer.timelyFilingDays = 2)),
      changed(claim => (Object.assign(claim, { frequency: '7' }).payer.timelyFilingDays = 1)),
      changed(
        claim => Object.assign(claim.payer, { filing: 'MB', timelyFilingDays: 365 }),
        withLines({ date: '2025-11-22' }),
      ),
    ],
  },
  'timely-filing-near': {
    breaks: [[changed(claim => (claim.payer.timelyFilingDays = 16)), 'content.lines.0.date']],
    keeps: [
      changed(claim => (claim.payer.timelyFilingDays = 17)),
      changed(claim => (claim.payer.timelyFilingDays = 1)),
    ],
  },
  'one-unit': {
    breaks: [
      [withLines({ units: 2 }), 'content.lines.0.units'],
      [withLines({ procedure: '99214', units: 3 }), 'content.lines.0.units'],
    ],
    keeps: [
      withLines({ procedure: '96131', units: 3 }),
      withLines({ procedure: '90839' }, { procedure: '90840', units: 2 }),
    ],
  },
  'duplicate-line': {
    breaks: [[withLines({}, {}), 'content.lines.1.procedure']],
    keeps: [withLines({}, { date: '2026-11-19' }), withLines({}, { modifiers: ['59'] })],
  },
  'diagnosis-pointers': {
    breaks: [
      [withLines({ diagnosisPointers: [1, 3] }), 'content.lines.0.diagnosisPointers'],
      [withLines({ diagnosisPointers: [1, 1] }), 'content.lines.0.diagnosisPointers'],
    ],
    keeps: [withLines({ diagnosisPointers: [2] })],
  },
  total: { breaks: [[changed(claim => (claim.total = 1)), 'total']], keeps: [withLines({}, { date: '2026-11-19' })] },
  'psychotherapy-minutes': {
    breaks: (
      [
        ['90832', 15],
        ['90832', 38],
        ['90834', 37],
        ['90834', 53],
        ['90837', 52],
        ['90833', 38],
        ['90836', 37],
        ['90838', 52],
      ] as const
    ).map(([procedure, minutes]) => [withLines({ procedure, minutes }), 'content.lines.0.minutes']),
    keeps: (
      [
        ['90832', 16],
        ['90832', 37],
        ['90834', 38],
        ['90834', 52],
        ['90837', 53],
        ['90837', 120],
        ['90833', 37],
        ['90836', 38],
        ['90838', 53],
        ['90847', 5],
      ] as const
    ).map(([procedure, minutes]) => withLines({ procedure, minutes })),
  },
  'psychotherapy-minutes-documented': {
    breaks: [[withLines({ minutes: undefined }), 'content.lines.0.minutes']],
    keeps: [withLines({ procedure: '90853', minutes: undefined })],
  },
  'psychotherapy-add-on-needs-visit': {
    breaks: [
      [codes('90833'), 'content.lines.0.procedure'],
      [codes('90836', '90791'), 'content.lines.0.procedure'],
      [withLines({ procedure: '90838' }, { procedure: '99213', date: '2026-11-19' }), 'content.lines.0.procedure'],
    ],
    keeps: [codes('90833', '99213'), codes('99202', '90836')],
  },
  'psychotherapy-add-on-alone': {
    breaks: [
      [codes('99213', '90833', '90832'), 'content.lines.1.procedure'],
      [codes('99213', '90838', '90837'), 'content.lines.1.procedure'],
    ],
    keeps: [codes('99213', '90833')],
  },
  'evaluation-without-psychotherapy': {
    breaks: [
      [codes('90791', '90834'), 'content.lines.0.procedure'],
      [codes('90839', '90792'), 'content.lines.1.procedure'],
      [codes('90792', '99213', '90833'), 'content.lines.0.procedure'],
    ],
    keeps: [codes('90791'), withLines({ procedure: '90791' }, { procedure: '90834', date: '2026-11-19' })],
  },
  'interactive-complexity-needs-service': {
    breaks: [
      [codes('90785'), 'content.lines.0.procedure'],
      [codes('90785', '99213'), 'content.lines.0.procedure'],
    ],
    keeps: [codes('90785', '90791'), codes('90785', '90834'), codes('90853', '90785')],
  },
  'interactive-complexity-excluded': {
    breaks: [
      [codes('90785', '90839'), 'content.lines.0.procedure'],
      [codes('90834', '90785', '90847'), 'content.lines.1.procedure'],
    ],
    keeps: [codes('90785', '90834')],
  },
  'crisis-add-on-needs-crisis': {
    breaks: [[codes('90840'), 'content.lines.0.procedure']],
    keeps: [codes('90839', '90840')],
  },
  'crisis-once-a-day': {
    breaks: [[codes('90839', '90839'), 'content.lines.1.procedure']],
    keeps: [withLines({ procedure: '90839' }, { procedure: '90839', date: '2026-11-19' })],
  },
  'pharmacologic-management-needs-psychotherapy': {
    breaks: [[codes('90863'), 'content.lines.0.procedure']],
    keeps: [codes('90863', '90834')],
  },
  'telehealth-modifier': {
    breaks: [
      [remote([], '10'), 'content.lines.0.modifiers'],
      [remote(['HO'], '02'), 'content.lines.0.modifiers'],
      [withLines({ placeOfService: '10' }), 'content.lines.0.modifiers'],
    ],
    keeps: [
      remote(['95'], '10'),
      remote(['93'], '02'),
      remote(['GT'], '10', 'GT'),
      withContent(withLines({ placeOfService: '11' }), { placeOfService: '10' }),
    ],
  },
  'telehealth-one-modifier': {
    breaks: [
      [remote(['95', 'GT'], '10'), 'content.lines.0.modifiers'],
      [remote(['95', '93'], '10'), 'content.lines.0.modifiers'],
    ],
    keeps: [remote(['95', 'HO'], '10')],
  },
  'telehealth-video-modifier': {
    breaks: [
      [remote(['GT'], '10', '95'), 'content.lines.0.modifiers'],
      [remote(['95'], '10', 'GT'), 'content.lines.0.modifiers'],
    ],
    keeps: [remote(['93'], '10', 'GT'), remote(['GT'], '02', 'GT')],
  },
  'telehealth-place': {
    breaks: [
      [remote(['95'], '11'), 'content.lines.0.placeOfService'],
      [remote(['93'], '11'), 'content.lines.0.placeOfService'],
    ],
    keeps: [remote(['HO'], '11'), withLines({ modifiers: ['95'], placeOfService: '02' })],
  },
  x12: {
    breaks: [
      [changed(claim => (claim.subscriber.name.family = 'O*Hara')), 'subscriber.name.family'],
      [changed(claim => (claim.patient.name.family = '明'), dependentClaim()), 'patient.name.family'],
      [changed(claim => (claim.frequency = '8')), 'frequency'],
    ],
    keeps: [changed(claim => (claim.patient.name.family = 'Ångström'), dependentClaim())],
  },
}

describe('scrub', () => {
  it('finds nothing wrong with the samples', () => {
    expect(scrub(selfClaim(), today)).toEqual([])
    expect(scrub(dependentClaim(), today)).toEqual([])
  })

  it('has an example of every rule, and no rule twice', () => {
    expect([...rules.map(({ id }) => id), 'x12'].sort()).toEqual(Object.keys(examples).sort())
  })

  describe.each(Object.entries(examples))('%s', (rule, { breaks, keeps }) => {
    const paths = (claim: Claim) =>
      scrub(claim, today).flatMap(finding => (finding.rule === rule ? [finding.path] : []))

    it.each(breaks)('is broken %#', (claim, ...expected) => expect(paths(claim)).toEqual(expected))
    it.each(keeps.map(claim => [claim]))('is kept %#', claim => expect(paths(claim)).toEqual([]))
  })

  it('weighs a rule as its payers do', () => {
    const severity = (filing: Claim['payer']['filing']) =>
      scrub(
        changed(claim => (claim.payer.filing = filing), remote(['95'], '11')),
        today,
      ).map(each => each.severity)
    expect(severity('CI')).toEqual(['error'])
    expect(severity('MC')).toEqual(['warning'])
  })

  it('explains a field once: the writer’s refusal is left out where a rule speaks', () => {
    const claim = changed(each => (each.billing.address.postalCode = '97205'))
    expect(scrub(claim, today).map(({ rule }) => rule)).toEqual(['billing-postal-code'])
  })

  it('points every finding at a field that exists, and shows none of the patient', () => {
    const content = fc.record({
      placeOfService: fc.constantFrom('11', '02', '10'),
      diagnoses: fc.array(fc.constantFrom('F41.1', 'F411', 'F41', 'Z63.0', 'F33.1'), { minLength: 1, maxLength: 4 }),
      lines: fc.array(
        fc.record({
          date: fc.constantFrom('2026-11-20', '2026-11-19', '2027-01-01', '2020-01-01', '1980-01-01'),
          procedure: fc.constantFrom('90791', '90832', '90833', '90837', '90785', '90839', '90840', '90863', '99213'),
          modifiers: fc.subarray(['95', 'GT', '93', '59']),
          charge: fc.integer({ min: 1, max: 50_000 }),
          units: fc.integer({ min: 1, max: 3 }),
          minutes: fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined }),
          placeOfService: fc.option(fc.constantFrom('11', '02', '10'), { nil: undefined }),
          diagnosisPointers: fc.subarray([1, 2, 3, 4], { minLength: 1 }),
        }),
        { minLength: 1, maxLength: 5 },
      ),
    })
    fc.assert(
      fc.property(content, change => {
        const claim = withContent(dependentClaim(), ClaimContent.partial().parse(change))
        const findings = scrub(claim, today)
        expect(scrub(structuredClone(claim), today)).toEqual(findings)
        for (const finding of findings) {
          Finding.parse(finding)
          const path = finding.path.split('.')
          const field = path.pop()!
          // A field may be absent, what holds it may not.
          const holder = path.reduce((value: unknown, key) => (value as Record<string, unknown>)[key], claim)
          expect(holder).toBeTypeOf('object')
          expect(field).not.toBe('')
          expect(finding.message).not.toMatch(/Ekstr|W123456789|F41/)
        }
      }),
    )
  })
})

function changed(change: (claim: Claim) => unknown, claim = selfClaim()): Claim {
  change(claim)
  return claim
}

/** The sample with these codes on one day, none with minutes to trip over. */
function codes(...procedures: string[]): Claim {
  return withLines(...procedures.map(procedure => ({ procedure, minutes: undefined })))
}

function remote(modifiers: string[], placeOfService: string, videoModifier: '95' | 'GT' = '95'): Claim {
  const claim = withContent(withLines({ modifiers }), { placeOfService })
  return { ...claim, payer: { ...claim.payer, videoModifier } }
}
