import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { advance, stateAfter } from '../../../../shared/domain/claims/transmission.ts'
import { type TransmissionState, transmissionStates } from '../../../../shared/schema/claims.ts'

const states = fc.constantFrom(...transmissionStates)
const tidings = fc.record({
  source: fc.constantFrom('TA1', '999', '277CA'),
  verdict: fc.constantFrom('accepted', 'rejected', 'pending-info', 'duplicate'),
})

describe('stateAfter', () => {
  it.each([
    ['999', 'accepted', 'received'],
    ['999', 'rejected', 'rejected'],
    ['277CA', 'accepted', 'accepted'],
    ['277CA', 'rejected', 'rejected'],
    ['277CA', 'pending-info', 'received'],
    ['TA1', 'accepted', 'received'],
    ['TA1', 'rejected', 'rejected'],
    ['TA1', 'duplicate', 'sent'],
  ] as const)('%s %s is %s', (source, verdict, state) => expect(stateAfter(source, verdict)).toBe(state))
})

describe('advance', () => {
  it('never goes back', () => {
    fc.assert(
      fc.property(states, states, (current, to) => {
        const next = advance(current, to)
        expect(transmissionStates.indexOf(next)).toBeGreaterThanOrEqual(transmissionStates.indexOf(current))
        expect([current, to]).toContain(next)
      }),
    )
  })

  it('comes out the same for every order, with any of them repeated', () => {
    const heard = fc.array(tidings, { maxLength: 6 })
    const shuffled = heard.chain(all => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })))
    fc.assert(
      fc.property(states, shuffled, fc.nat(5), (start, [all, other], repeat) => {
        const fold = (events: typeof all) =>
          events.reduce<TransmissionState>(
            (state, each) => advance(state, stateAfter(each.source, each.verdict)),
            start,
          )
        expect(fold(other)).toBe(fold(all))
        expect(fold([...other, ...all.slice(0, repeat)])).toBe(fold(all))
      }),
      { numRuns: 500 },
    )
  })

  it('believes the one that refuses, whichever came first', () => {
    expect(advance('accepted', 'rejected')).toBe('rejected')
    expect(advance('rejected', 'accepted')).toBe('rejected')
    expect(advance('rejected', 'received')).toBe('rejected')
    expect(advance('accepted', 'received')).toBe('accepted')
  })
})
