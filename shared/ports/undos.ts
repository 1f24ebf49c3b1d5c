import { port } from '../kernel/port.ts'

/** Makes a change undoable. */
export const undoRegister = port({
  grants: [{ table: ['put'], keys: ['UNDO#*'] }],
  load: async () => (await import('../store/undos.ts')).undos,
})

/** Finds whose change a link undoes, and uses it up. */
export const undos = port({
  grants: [{ table: ['get', 'delete'], keys: ['UNDO#*'] }],
  load: async () => (await import('../store/undos.ts')).undos,
})
