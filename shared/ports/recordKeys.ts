import { port } from '../kernel/port.ts'

/** Turns the secret that wraps the keys of records. */
export const recordKeysSecret = port({
  grants: [{ secret: 'record-keys', may: 'rotate' }],
  load: async () => (await import('../adapters/versionedSecret.ts')).versionedSecret('record-keys'),
})

/** Wraps the keys of records anew, patient by patient. */
export const wrappings = port({
  grants: [
    { table: ['query'], keys: ['PATIENT#*'], index: ['gsi1'] },
    { table: ['get', 'put'], keys: ['CONTROL#*'] },
    { recordKeys: ['read', 'make'] },
    { secret: 'record-keys' },
    { secret: 'record-keys', may: 'describe' },
  ],
  load: async () => {
    const [{ wrappings }, { rotation }] = [
      await import('../store/wrappings.ts'),
      await import('../adapters/rotation.ts'),
    ]
    return wrappings(() => rotation('record-keys').present())
  },
})
