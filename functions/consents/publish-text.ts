import { defineAction } from '../../shared/kernel/action.ts'
import { consentPublishing } from '../../shared/ports/consents.ts'
import { ConsentText } from '../../shared/schema/consents.ts'

/**
 * Publishes the next version of a text. Consents stay bound to the version that they were given to; where the new one asks for
 * consent anew, the earlier ones are worth nothing from the next request on.
 */
export default defineAction({
  summary: 'Publish the text of a consent',
  route: 'POST /consent-texts',
  allow: 'consent:publish',
  body: ConsentText.pick({ purpose: true, translations: true, reconsent: true }),
  reply: { status: 201, schema: ConsentText },
  audit: { action: 'C', entity: 'ConsentText/{text}' },
  limit: 'write',
  timeout: 5,
  stepUp: true,
  uses: { consentPublishing },

  async handle({ body, actor, consentPublishing, about, commit }) {
    const policy = await consentPublishing.policy()
    const { text, writes } = consentPublishing.publish(policy, { ...body, publishedBy: actor.userId })
    about({ text: `${text.purpose}.${text.version}` })
    await commit(...writes)
    return text
  },
})
