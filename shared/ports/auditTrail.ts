import { port } from '../kernel/port.ts'

/** Reads the audit trail by day, action and outcome and, through the indexes, by patient, actor and entity. */
export const auditTrail = port({
  grants: [
    { table: ['query'], keys: ['AUDIT#*'] },
    { table: ['query'], keys: ['AUDIT#*'], index: ['gsi1', 'gsi2', 'gsi3', 'lsi1', 'lsi2'] },
  ],
  load: async () => (await import('../store/audit.ts')).auditTrail,
})

/** Reads whole days of the trail. */
export const auditDays = port({
  grants: [{ table: ['query'], keys: ['AUDIT#*'] }],
  load: async () => (await import('../store/audit.ts')).auditTrail,
})

/** Reads what the practice's people did with a patient's record. */
export const staffTrail = port({
  grants: [{ table: ['query'], keys: ['AUDIT#*'], index: ['gsi1'] }],
  load: async () => (await import('../store/audit.ts')).auditTrail,
})

/** Reads a period of the trail, record by record. */
export const trailInOrder = port({
  grants: [{ table: ['query'], keys: ['AUDIT#*'] }],
  load: async () => (await import('../store/audit.ts')).auditTrail,
})
