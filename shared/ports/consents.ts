import { port } from '../kernel/port.ts'

const load = async () => (await import('../store/consents.ts')).consents

/**
 * Demands a patient's consent in the transaction of what needs it. Which texts still count is one read, at the same time as the
 * action's own; the consent itself is checked where the change is made, so that a withdrawal is never overtaken.
 */
export const consentCheck = port({
  grants: [
    { table: ['get'], keys: ['CONSENTTEXT#*'] },
    { table: ['check'], keys: ['CONSENT#*'] },
  ],
  load,
})

/** Reads a patient's consents and changes them. */
export const consentRecord = port({
  grants: [
    { table: ['get'], keys: ['CONSENTTEXT#*'] },
    { table: ['get', 'put'], keys: ['CONSENT#*'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load,
})

/** Reads a consent, and which texts stand. */
export const consentReading = port({
  grants: [
    { table: ['get'], keys: ['CONSENTTEXT#*'] },
    { table: ['get'], keys: ['CONSENT#*'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load,
})

/** Lists a patient's consents. */
export const consentList = port({
  grants: [
    { table: ['query'], keys: ['CONSENT#*'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load,
})

/** Reads the texts that patients consent to. */
export const consentTexts = port({ grants: [{ table: ['query'], keys: ['CONSENTTEXT#*'] }], load })

/** Publishes them. */
export const consentPublishing = port({ grants: [{ table: ['get', 'put'], keys: ['CONSENTTEXT#*'] }], load })
