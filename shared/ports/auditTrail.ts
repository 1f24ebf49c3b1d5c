import { port } from '../kernel/port.ts'

/** Reads the audit trail by day and, through the indexes, by patient, actor and entity. */
export const auditTrail = port({
  grants: [
    { table: ['query'], keys: ['AUDIT#*'] },
    { table: ['query'], keys: ['AUDIT#*'], index: ['gsi1', 'gsi2', 'gsi3'] },
  ],
  load: async () => (await import('../store/audit.ts')).auditTrail,
})

/** Reads whole days of the trail. */
export const auditDays = port({
  grants: [{ table: ['query'], keys: ['AUDIT#*'] }],
  load: async () => (await import('../store/audit.ts')).auditTrail,
})
