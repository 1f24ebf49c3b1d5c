import { port } from '../kernel/port.ts'

const load = async () => (await import('../adapters/envelopes.ts')).substanceUseEnvelopes

/** Seals a note. Under a patient's key that is there already it must be opened first. */
export const substanceUseSealer = port({
  grants: [{ key: 'substance-use', may: ['encrypt', 'decrypt'] }],
  load,
})

/** Opens a note. */
export const substanceUseOpener = port({ grants: [{ key: 'substance-use', may: ['decrypt'] }], load })
