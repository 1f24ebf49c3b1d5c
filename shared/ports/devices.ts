import { port } from '../kernel/port.ts'

/** The browsers that a user trusts: finds them, takes one up, gives one another token, forgets one. */
export const devices = port({
  grants: [{ table: ['get', 'query', 'put', 'delete'], keys: ['DEVICE#*'] }],
  load: async () => (await import('../store/devices.ts')).devices,
})

/** Finds and removes the trusted devices of all practices whose 30 days are over. */
export const expiredDevices = port({
  grants: [
    { table: ['query'], keys: ['DEVICE#*'], index: ['gsi2'] },
    { table: ['delete'], keys: ['DEVICE#*'] },
  ],
  load: async () => {
    const { devices, deviceExpiryShards } = await import('../store/devices.ts')
    return binding => ({ ...devices(binding), shards: deviceExpiryShards })
  },
})
