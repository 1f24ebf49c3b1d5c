import { port } from '../kernel/port.ts'

/** Numbers and keeps what is sent. */
export const interchanges = port({
  grants: [
    { table: ['get', 'put'], keys: ['INTERCHANGE#*'] },
    { table: ['update'], keys: ['CONTROL#*'] },
  ],
  load: async () => (await import('../store/interchanges.ts')).interchanges,
})

/** Finds whose claim an acknowledgement speaks of. */
export const sentInterchanges = port({
  grants: [{ table: ['get'], keys: ['INTERCHANGE#*'] }],
  load: async () => (await import('../store/interchanges.ts')).interchanges,
})
