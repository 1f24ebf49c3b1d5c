import * as z from 'zod'
import { firstTexts } from '../../shared/domain/consents/texts.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { consentTexts } from '../../shared/ports/consents.ts'
import { ConsentText } from '../../shared/schema/consents.ts'

/** Shows every version of every text, oldest first: whoever consented to an earlier one can still read it. */
export default defineAction({
  summary: 'List the texts of consents',
  route: 'GET /consent-texts',
  allow: 'consent:read',
  reply: { status: 200, schema: z.strictObject({ items: z.array(ConsentText) }) },
  audit: { action: 'R', entity: 'ConsentText/list' },
  limit: 'read',
  timeout: 5,
  uses: { consentTexts },

  handle: async ({ consentTexts }) => ({ items: [...firstTexts, ...(await consentTexts.texts())] }),
})
