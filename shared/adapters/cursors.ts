import { createHmac } from 'node:crypto'
import { sameText } from '../kernel/sameText.ts'
import { secret } from './secrets.ts'

const macLength = 43

/**
 * Cursors as clients hold them: a position in a list behind a MAC over it and over whose list it is of what (HMAC-SHA-256 under
 * a key of Secrets Manager). One that was changed, made, or taken from another list, caller or practice opens nothing.
 */
export const cursors = () => ({
  seal: async (list: string, position: string): Promise<string> => (await mac(list, position)) + position,

  /** The position; nothing when the cursor is not of this very list. */
  async open(list: string, cursor: string): Promise<string | undefined> {
    const position = cursor.slice(macLength)
    return sameText(cursor.slice(0, macLength), await mac(list, position)) ? position : undefined
  },
})

const mac = async (list: string, position: string): Promise<string> =>
  createHmac('sha256', await secret('cursors'))
    .update(JSON.stringify([list, position]))
    .digest('base64url')
