import { port } from '../kernel/port.ts'

/** Where the chain of manifests ends. */
export const seals = port({
  grants: [{ table: ['get', 'put'], keys: ['SEAL#*'] }],
  load: async () => (await import('../store/seals.ts')).seals,
})

/** The same, only to look. */
export const sealEnd = port({
  grants: [{ table: ['get'], keys: ['SEAL#*'] }],
  load: async () => (await import('../store/seals.ts')).seals,
})

/** Adds to the archive, and reads what is there. */
export const archive = port({
  grants: [{ bucket: 'archive', may: ['put', 'get'] }],
  load: async () => (await import('../adapters/archive.ts')).archive,
})

/** Signs manifests. */
export const signer = port({
  grants: [{ signer: 'seal', may: ['sign'] }],
  load: async () => (await import('../adapters/signer.ts')).signer,
})

/** Reads the archive. */
export const archiveReader = port({
  grants: [{ bucket: 'archive', may: ['get'] }],
  load: async () => (await import('../adapters/archive.ts')).archive,
})

/** Checks signatures of manifests. */
export const signatureReader = port({
  grants: [{ signer: 'seal', may: ['read'] }],
  load: async () => (await import('../adapters/signer.ts')).signer,
})
