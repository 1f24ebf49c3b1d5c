import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { mayDo } from '../../shared/kernel/permissions.ts'
import type { Write } from '../../shared/kernel/write.ts'
import { appointmentRecord, calendar } from '../../shared/ports/appointments.ts'
import { patientCheck } from '../../shared/ports/patients.ts'
import type { Appointment } from '../../shared/schema/appointments.ts'
import { AppointmentId, ClaimId } from '../../shared/schema/ids.ts'

// Each line under an `@ts-expect-error` must not compile: `tsc` fails when it does.

const common = {
  summary: 'An action that is only compiled',
  allow: 'appointment:read',
  audit: { action: 'R', entity: 'Appointment/-' },
  limit: 'read',
  timeout: 5,
} as const
const reply = { status: 200, schema: z.strictObject({ count: z.int() }) } as const
const params = z.strictObject({ appointmentId: AppointmentId })

// What is right compiles.
defineAction({
  ...common,
  route: 'POST /things/{appointmentId}',
  params,
  query: z.strictObject({ deep: z.boolean() }),
  body: z.strictObject({ name: z.string() }),
  reply,
  problems: ['appointment-not-found', 'already-claimed'],
  uses: { appointmentRecord },
  handle: async ({ params, query, body, actor, appointmentRecord, commit, fail, now }) => {
    const found = await appointmentRecord.find(params.appointmentId)
    if (!found) return fail('appointment-not-found', [{ path: 'params.appointmentId', message: now }])
    await commit(appointmentRecord.complete(found), appointmentRecord.claimed(found, 'clm_1' as ClaimId))
    return { count: query.deep ? body.name.length : actor.practiceId.length }
  },
})

// A reply of another shape.
defineAction({
  ...common,
  route: 'GET /things',
  reply,
  // @ts-expect-error count is a number
  handle: async () => ({ count: 'many' }),
})
defineAction({
  ...common,
  route: 'GET /things',
  reply,
  // @ts-expect-error count is missing
  handle: async () => ({}),
})
defineAction({
  ...common,
  route: 'GET /things',
  reply,
  // @ts-expect-error nothing comes back
  handle: async () => {},
})

// A status that no action answers.
defineAction({
  ...common,
  route: 'GET /things',
  // @ts-expect-error 203 is not one
  reply: { status: 203, schema: z.string() },
  handle: async () => 'text',
})

// A form where a page elsewhere could change something with somebody's cookie.
defineAction({
  ...common,
  route: 'POST /things',
  // @ts-expect-error only what anybody may call takes a form
  form: 'too',
  reply,
  handle: async () => ({ count: 1 }),
})
defineAction({
  ...common,
  allow: 'anyone',
  route: 'POST /things',
  form: 'only',
  reply,
  handle: async () => ({ count: 1 }),
})

// A problem that was not declared.
defineAction({
  ...common,
  route: 'GET /things',
  reply,
  problems: ['appointment-not-found'],
  handle: async ({ fail }) => {
    if (reply.status === 200) fail('appointment-not-found')
    // @ts-expect-error claim-not-found is not declared
    return fail('claim-not-found')
  },
})
defineAction({
  ...common,
  route: 'GET /things',
  reply,
  handle: async ({ fail }) => {
    // @ts-expect-error none is declared
    return fail('claim-not-found')
  },
})
defineAction({
  ...common,
  route: 'GET /things',
  reply,
  // @ts-expect-error there is no such problem
  problems: ['claim-lost'],
  handle: async () => ({ count: 1 }),
})

// A commit of a write that can raise a problem that was not declared.
defineAction({
  ...common,
  route: 'POST /things',
  reply,
  problems: ['patient-not-found'],
  uses: { appointmentRecord, calendar, patientCheck },
  handle: async ({ appointmentRecord, calendar, patientCheck, commit }) => {
    const appointment = {} as Appointment
    await commit(patientCheck.mustExist(appointment.patientId), appointmentRecord.complete(appointment))
    // @ts-expect-error already-claimed is not declared
    await commit(appointmentRecord.claimed(appointment, 'clm_1' as ClaimId))
    // @ts-expect-error slot-taken is not declared
    await commit(...calendar.book(appointment).writes)
    return { count: 1 }
  },
})
defineAction({
  ...common,
  route: 'POST /things',
  reply,
  handle: async ({ commit }) => {
    await commit({} as Write<'conflict'>)
    // @ts-expect-error a write that can be anything can be what was not declared
    await commit({} as Write)
    // @ts-expect-error a write must be one
    await commit({ kind: 'put', request: {} })
    return { count: 1 }
  },
})

// Params that are not the path's. Where several lines would be at fault the declaration stands by itself.
const handle = async () => ({ count: 1 })
// @ts-expect-error the path names appointmentId
defineAction({ ...common, route: 'GET /things/{appointmentId}', reply, handle })

const right = { ...common, route: 'GET /things/{appointmentId}', params, reply, handle } as const
defineAction(right)

const others = z.strictObject({ claimId: ClaimId })
const named = { ...common, route: 'GET /things/{appointmentId}', params: others, reply, handle } as const
// @ts-expect-error the path names appointmentId and not claimId
defineAction(named)

const both = z.strictObject({ appointmentId: AppointmentId, claimId: ClaimId })
const extra = { ...common, route: 'GET /things/{appointmentId}', params: both, reply, handle } as const
// @ts-expect-error the path does not name claimId
defineAction(extra)

const two = { ...common, route: 'GET /things/{appointmentId}/{claimId}', params, reply, handle } as const
// @ts-expect-error the path names claimId too
defineAction(two)

const none = { ...common, route: 'GET /things', params, reply, handle } as const
// @ts-expect-error the path names nothing
defineAction(none)

defineAction({ ...common, route: 'GET /things/{appointmentId}/{claimId}', params: both, reply, handle })

// Parts of a request that were not declared.
defineAction({
  ...common,
  route: 'GET /things',
  reply,
  handle: async ({ query, body, params }) => {
    // @ts-expect-error there is no body
    const name = body.name
    // @ts-expect-error there is no path name
    const id: string = params.appointmentId
    // @ts-expect-error there is no query
    const deep: boolean = query.deep
    return { count: [name, id, deep].length }
  },
})

// A port that was not declared, and what a port does not have.
defineAction({
  ...common,
  route: 'GET /things',
  reply,
  uses: { appointmentRecord },
  // @ts-expect-error calendar is not declared
  handle: async ({ calendar }) => ({ count: Object.keys(calendar).length }),
})
defineAction({
  ...common,
  route: 'GET /things',
  reply,
  uses: { appointmentRecord },
  handle: async ({ appointmentRecord }) => {
    // @ts-expect-error a repository has no scan
    await appointmentRecord.scan()
    // @ts-expect-error an id of another kind
    await appointmentRecord.find('clm_1' as ClaimId)
    // @ts-expect-error a text is not an id
    await appointmentRecord.find('apt_1')
    return { count: 1 }
  },
})

// Who may call.
// @ts-expect-error there is no such permission
defineAction({ ...common, allow: 'appointment:steal', route: 'GET /things', reply, handle: async () => ({ count: 1 }) })
// @ts-expect-error there is no such permission
mayDo('admin', 'appointment:steal')
// @ts-expect-error there is no such role
mayDo('owner', 'appointment:read')
defineAction({
  ...common,
  allow: 'anyone',
  route: 'GET /things',
  reply,
  // @ts-expect-error anyone may be nobody, who has no role
  handle: async ({ actor }) => ({ count: actor.role.length }),
})

defineAction({
  ...common,
  route: 'GET /things',
  reply,
  // @ts-expect-error whoever has the permission may be a program, which is nobody
  handle: async ({ actor }) => ({ count: actor.userId.length }),
})
defineAction({
  ...common,
  stepUp: true,
  route: 'GET /things',
  reply,
  // A factor is shown by a person.
  handle: async ({ actor }) => ({ count: actor.userId.length }),
})

// Methods, classes and verbs.
// @ts-expect-error there is no such method
defineAction({ ...common, route: 'FETCH /things', reply, handle: async () => ({ count: 1 }) })
// @ts-expect-error a path begins with a slash
defineAction({ ...common, route: 'GET things', reply, handle: async () => ({ count: 1 }) })
// @ts-expect-error there is no such class
defineAction({ ...common, limit: 'unlimited', route: 'GET /things', reply, handle: async () => ({ count: 1 }) })
defineAction({
  ...common,
  // @ts-expect-error FHIR knows C, R, U, D and E
  audit: { action: 'X', entity: 'Appointment/-' },
  route: 'GET /things',
  reply,
  handle: async () => ({ count: 1 }),
})
