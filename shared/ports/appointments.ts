import { port } from '../kernel/port.ts'

const load = async () => (await import('../store/appointments.ts')).appointments

/** Reads appointments and lists. */
export const appointments = port({
  grants: [
    { table: ['get'], keys: ['APPOINTMENT#*'] },
    { table: ['query'], keys: ['APPOINTMENT#*'], index: ['gsi1', 'gsi3'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load,
})

/** Reads an appointment and changes it, without its place in the calendar. */
export const appointmentRecord = port({
  grants: [
    { table: ['get', 'put'], keys: ['APPOINTMENT#*'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load,
})

/** Reads an appointment to bill it, whoever treats the patient, and notes that it is billed. */
export const billedAppointments = port({
  grants: [
    { table: ['get', 'put'], keys: ['APPOINTMENT#*'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load: async () => {
    const { appointments } = await import('../store/appointments.ts')
    return binding => appointments(binding, 'payment')
  },
})

/** Books, moves and frees: the appointment and its cells. */
export const calendar = port({
  grants: [
    { table: ['get', 'put'], keys: ['APPOINTMENT#*'] },
    { table: ['put', 'delete'], keys: ['CELL#*'] },
    { table: ['get'], keys: ['RESTRICTION#*'] },
  ],
  load,
})

/** Reads which cells are taken, and not by whom. */
export const takenCells = port({ grants: [{ table: ['query'], keys: ['CELL#*'] }], load })
