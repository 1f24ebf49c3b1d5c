import { port } from '../kernel/port.ts'

/** Counts the tries at a second factor, in a sign-in and in a day. */
export const attempts = port({
  grants: [{ table: ['update'], keys: ['LIMIT#*'] }],
  load: async () => {
    const { limits } = await import('../store/limits.ts')
    const { tries } = await import('../store/tries.ts')
    return binding => ({ ...limits(binding), ...tries(binding) })
  },
})
