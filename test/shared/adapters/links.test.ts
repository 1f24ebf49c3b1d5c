import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LinkPurpose, links } from '../../../shared/adapters/links.ts'
import { idsAt } from '../../../shared/kernel/random.ts'
import { LinkToken } from '../../../shared/schema/tickets.ts'
// Where the secrets stand.
import '../../harness/index.ts'

const purposes: LinkPurpose[] = ['invitation', 'reset', 'email', 'undo', 'sms']
const newTicket = () => idsAt(new Date().toJSON())('tkt')

describe('the token of a link', () => {
  it('opens its ticket, for its own purpose and for no other', async () => {
    const ticketId = newTicket()
    for (const made of purposes) {
      const token = await links().token(made, ticketId)
      expect(LinkToken.parse(token)).toBe(token)
      for (const asked of purposes) {
        expect(await links().open(asked, token)).toBe(made === asked ? ticketId : undefined)
      }
    }
  })

  it('is the same each time: a message that is sent twice has one link', async () => {
    const ticketId = newTicket()
    expect(await links().token('reset', ticketId)).toBe(await links().token('reset', ticketId))
  })

  it('opens nothing when any character of it is another', async () => {
    const token = await links().token('reset', newTicket())
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom(...alphabet), async (place, letter) => {
        fc.pre(token[place] !== letter)
        expect(await links().open('reset', token.slice(0, place) + letter + token.slice(place + 1))).toBeUndefined()
      }),
      { numRuns: 1_000 },
    )
  })

  it('opens nothing for what is no token', async () => {
    for (const text of ['', '.', newTicket(), `${newTicket()}.`, `.${'A'.repeat(43)}`, '\u0000'.repeat(70)]) {
      expect(await links().open('reset', text)).toBeUndefined()
    }
  })
})

describe('the code of a text', () => {
  it('is eight digits, another for each ticket and purpose', async () => {
    const codes = await Promise.all(Array.from({ length: 300 }, () => links().code('sms', newTicket())))
    for (const code of codes) expect(code).toMatch(/^\d{8}$/)
    expect(new Set(codes).size).toBeGreaterThanOrEqual(299)
    const ticketId = newTicket()
    expect(await links().code('sms', ticketId)).not.toBe(await links().code('reset', ticketId))
  })
})
