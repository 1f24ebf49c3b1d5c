import { port } from '../kernel/port.ts'

const load = async () => (await import('../adapters/meetings.ts')).meetings

/** Makes meetings and lets people in. */
export const meetings = port({ grants: [{ chime: ['CreateMeeting', 'CreateAttendee'] }], load })

/** Ends meetings. */
export const meetingEnd = port({ grants: [{ chime: ['DeleteMeeting'] }], load })
