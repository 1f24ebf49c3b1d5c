import { port } from '../kernel/port.ts'

const load = async () => (await import('../adapters/envelopes.ts')).psychotherapyEnvelopes

/** Seals a note. Under a patient's key that is there already it must be opened first. */
export const psychotherapySealer = port({
  grants: [{ key: 'psychotherapy', may: ['encrypt', 'decrypt'] }],
  load,
})

/** Opens a note. */
export const psychotherapyOpener = port({ grants: [{ key: 'psychotherapy', may: ['decrypt'] }], load })
