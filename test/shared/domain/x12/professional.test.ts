import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { X12Error } from '../../../../shared/domain/x12/error.ts'
import { build837P } from '../../../../shared/domain/x12/professional.ts'
import { readInterchanges } from '../../../../shared/domain/x12/read.ts'
import { fold } from '../../../../shared/domain/x12/text.ts'
import type { Claim } from '../../../../shared/schema/claims.ts'
import { PersonName } from '../../../../shared/schema/people.ts'
import { dependentClaim, envelope, selfClaim, withContent, withLines } from '../claims/sample.ts'

describe('build837P', () => {
  it('writes a subscriber who is the patient', () => {
    expect(lines(build837P(selfClaim(), envelope()))).toEqual([
      'ISA*00*          *00*          *ZZ*ALDER01        *ZZ*CLEARHOUSE     *261122*0905*^*00501*000000123*0*T*:',
      'GS*HC*ALDER01*CLEARHOUSE*20261122*0905*123*X*005010X222A1',
      'ST*837*0001*005010X222A1',
      'BHT*0019*00*000000123*20261122*0905*CH',
      'NM1*41*2*ALDER BILLING*****46*ALDER01',
      'PER*IC*SAM POE*TE*5035550199',
      'NM1*40*2*CLEARING HOUSE*****46*CLEARHOUSE',
      'HL*1**20*1',
      'PRV*BI*PXC*101YM0800X',
      'NM1*85*2*ALDER COUNSELING, LLC*****XX*1234567893',
      'N3*400 MAIN ST*SUITE 2',
      'N4*PORTLAND*OR*972051234',
      'REF*EI*931234567',
      'PER*IC*ROSA DIAZ*TE*5035550100',
      'HL*2*1*22*0',
      'SBR*P*18*GRP77******CI',
      'NM1*IL*1*EKSTROM*ASA*B***MI*W123456789',
      'N3*12 ALDER ST',
      'N4*PORTLAND*OR*97205',
      'DMG*D8*19840229*F',
      'NM1*PR*2*CASCADE HEALTH*****PI*60054',
      'CLM*01K9XA7Q2M3N4P5R6S7T*175.5***11:B:1*Y*A*Y*Y',
      'HI*ABK:F411*ABF:F331',
      'NM1*82*1*MUNOZ*INES****XX*1245319599',
      'PRV*PE*PXC*103T00000X',
      'LX*1',
      'SV1*HC:90837*175.5*UN*1***1:2',
      'DTP*472*D8*20261120',
      'REF*6R*3N4P5R6S7T01',
      'SE*28*0001',
      'GE*1*123',
      'IEA*1*000000123',
    ])
  })

  it('writes a dependent one level down, and the subscriber without address or birth date', () => {
    const text = lines(build837P(dependentClaim(), envelope()))
    expect(text.slice(14, 24)).toEqual([
      'HL*2*1*22*1',
      'SBR*P**GRP77******CI',
      'NM1*IL*1*EKSTROM*ASA*B***MI*W123456789',
      'NM1*PR*2*CASCADE HEALTH*****PI*60054',
      'HL*3*2*23*0',
      'PAT*19',
      'NM1*QC*1*EKSTROM*LIV',
      'N3*12 ALDER ST',
      'N4*PORTLAND*OR*97205',
      'DMG*D8*20140601*F',
    ])
  })

  it('leaves out who rendered, and the contact, where they say nothing new', () => {
    const claim = selfClaim()
    const solo = { ...claim, rendering: { ...claim.rendering, npi: claim.billing.npi } }
    const text = build837P(solo, envelope({ contactName: 'Rosa Diaz', phone: '5035550100' }))
    expect(text).not.toContain('NM1*82')
    expect(text).not.toContain('PRV*PE')
    expect(text.match(/PER\*/g)).toHaveLength(1)
  })

  it('writes modifiers, a place of its own, authorization, and a line number per line', () => {
    const claim = withLines({ modifiers: ['95', 'HO'], placeOfService: '10' }, { procedure: '90785', charge: 2_000 })
    const text = build837P(withContent(claim, { priorAuthorization: 'AUTH-1' }), envelope())
    expect(text).toContain('~REF*G1*AUTH-1~HI*')
    expect(text).toContain('~SV1*HC:90837:95:HO*175.5*UN*1*10**1:2~')
    expect(text).toContain('~LX*2~SV1*HC:90785*20*UN*1***1:2~DTP*472*D8*20261120~REF*6R*3N4P5R6S7T02~')
  })

  it('names the claim that a replacement replaces, and refuses one that no payer has numbered', () => {
    const claim: Claim = { ...selfClaim(), frequency: '7' }
    expect(refused(claim)).toEqual(['frequency'])
    const acknowledged: Claim = {
      ...claim,
      acknowledgements: [
        {
          source: '277CA',
          receivedAt: claim.createdAt,
          outcome: 'accepted',
          codes: ['A2:20'],
          payerClaimNumber: 'ICN9',
        },
      ],
    }
    const text = build837P(acknowledged, envelope())
    expect(text).toContain('*11:B:7*')
    expect(text).toContain('~REF*F8*ICN9~HI*')
  })

  it('refuses, all at once and by path, what a claim cannot carry', () => {
    const claim = dependentClaim()
    claim.patient.name.family = 'O*Hara'
    claim.subscriber.name.given = '明'
    claim.billing.address.postalCode = '97205'
    claim.billing.name = 'ß'.repeat(31)
    claim.total += 1
    claim.content.lines[0]!.diagnosisPointers = [3]
    expect(refused(claim)).toEqual([
      'billing.name',
      'billing.address.postalCode',
      'subscriber.name.given',
      'patient.name.family',
      'total',
      'content.lines.0.diagnosisPointers',
    ])
  })

  it('refuses an envelope that a partner could not read', () => {
    expect(refused(selfClaim(), { submitterId: 'alder', phone: '1', receiverId: 'X'.repeat(16) })).toEqual([
      'envelope.submitterId',
      'envelope.receiverId',
      'envelope.phone',
    ])
    expect(() => build837P(selfClaim(), envelope({ interchangeNumber: 1_000_000_000 }))).toThrow(RangeError)
    expect(() => build837P(selfClaim(), envelope({ interchangeNumber: 0 }))).toThrow(RangeError)
  })

  it('never shows the refused value in its message', () => {
    const claim = selfClaim()
    claim.subscriber.name.family = 'Secret~Name'
    expect(() => build837P(claim, envelope())).toThrow(/^subscriber\.name\.family holds a character .*~ \(U\+007E\)$/)
  })

  it('either refuses a name by its path or carries it whole', () => {
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 })
    const latin = fc.string({ unit: fc.constantFrom(..."aZé ñß*:~^-'’.,Ø1`明"), minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(fc.oneof(name, latin), family => {
        const parsed = PersonName.safeParse({ family, given: 'A' })
        fc.pre(parsed.success)
        const claim = dependentClaim()
        claim.patient.name = parsed.data!
        try {
          const segments = readInterchanges(build837P(claim, envelope()))[0]!.groups[0]!.transactions[0]!.segments
          const person = segments.find(segment => segment.id === 'NM1' && segment.text(1) === 'QC')!
          expect(person.text(3)).toBe(fold(parsed.data!.family))
          expect(person.text(4)).toBe('A')
        } catch (error) {
          if (!(error instanceof X12Error)) throw error
          expect(error.problems.map(({ path }) => path)).toEqual(['patient.name.family'])
        }
      }),
      { numRuns: 500 },
    )
  })
})

const lines = (text: string) => text.slice(0, -1).split('~')

function refused(claim: Claim, changes: Parameters<typeof envelope>[0] = {}): string[] {
  try {
    build837P(claim, envelope(changes))
    return []
  } catch (error) {
    if (error instanceof X12Error) return error.problems.map(({ path }) => path)
    throw error
  }
}
