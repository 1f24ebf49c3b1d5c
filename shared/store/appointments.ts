import type { Work } from '../domain/restrictions.ts'
import { cellsOf } from '../domain/scheduling/cells.ts'
import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import { Appointment } from '../schema/appointments.ts'
import type { AppointmentId, ClaimId, PatientId, PracticeId, PractitionerId, TelehealthId } from '../schema/ids.ts'
import type { Instant } from '../schema/time.ts'
import { entity } from './entity.ts'
import { practiceOf } from './practice.ts'
import { getItem, type Page, queryAll } from './read.ts'
import { tableName } from './table.ts'
import { visible, visibleRun } from './visible.ts'

export const appointmentEntity = entity<Appointment>({
  name: 'Appointment',
  schema: Appointment,
  id: appointment => appointment.appointmentId,
  patientId: appointment => appointment.patientId,
  keys: appointment => ({
    ...appointmentKey(appointment.practiceId, appointment.appointmentId),
    gsi1pk: `APPOINTMENT#${appointment.practiceId}#PRACTITIONER#${appointment.practitionerId}`,
    gsi1sk: appointment.startsAt,
    gsi3pk: `APPOINTMENT#${appointment.practiceId}#PATIENT#${appointment.patientId}`,
    gsi3sk: appointment.startsAt,
  }),
})

const appointmentKey = (practiceId: PracticeId, appointmentId: AppointmentId) => ({
  pk: `APPOINTMENT#${practiceId}#${appointmentId}`,
  sk: 'APPOINTMENT',
})

/** Whose calendar is read, and from when to when. */
interface Period {
  from?: Instant | undefined
  to?: Instant | undefined
  limit: number
  cursor?: string | undefined
}

/**
 * A booking is its appointment and its cells, written together: of two that overlap, the second finds a cell taken and is
 * refused whole. Two bookings can only meet in a cell, so bookings of different hours never wait for each other.
 */
export const appointments = (binding: Binding, work: Work = 'operations') => {
  const practiceId = practiceOf(binding)
  const { now } = binding

  const take = (appointment: Appointment, cell: Instant): Write<'slot-taken'> => ({
    kind: 'put',
    request: {
      TableName: tableName(),
      Item: {
        ...cellKey(practiceId, appointment.practitionerId, cell),
        appointmentId: appointment.appointmentId,
        ttl: Math.ceil(Date.parse(cell) / 1000) + 30 * 86_400,
      },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
    onConflict: 'slot-taken',
  })
  const release = (appointment: Appointment, cell: Instant): Write<'conflict'> => ({
    kind: 'delete',
    request: {
      TableName: tableName(),
      Key: cellKey(practiceId, appointment.practitionerId, cell),
      ConditionExpression: 'attribute_not_exists(pk) OR appointmentId = :mine',
      ExpressionAttributeValues: { ':mine': appointment.appointmentId },
    },
    onConflict: 'conflict',
  })
  const cells = ({ startsAt, minutes }: Appointment) => cellsOf(startsAt, minutes)
  const list = async (
    index: 'gsi1' | 'gsi3',
    pk: string,
    { from, to, limit, cursor }: Period,
    patientId?: PatientId,
  ): Promise<Page<Appointment>> => {
    const run = { index, pk, limit, cursor, ...(from && { from }), ...(to && { to }) }
    return visibleRun(binding, run, { work, parse: appointmentEntity.parse, ...(patientId && { patientId }) })
  }

  return {
    book: (appointment: Omit<Appointment, 'practiceId' | 'createdAt' | 'updatedAt' | 'version' | 'status'>) => {
      const booked: Appointment = {
        ...appointment,
        practiceId,
        status: 'booked',
        createdAt: now,
        updatedAt: now,
        version: 1,
      }
      return { booked, writes: [appointmentEntity.create(booked), ...cells(booked).map(cell => take(booked, cell))] }
    },

    cancel: (appointment: Appointment) => [
      appointmentEntity.replace(appointment, { status: 'cancelled', updatedAt: now }),
      ...cells(appointment).map(cell => release(appointment, cell)),
    ],

    /** Cells that both times share are left alone: a transaction may touch an item once. */
    move: (appointment: Appointment, to: Pick<Appointment, 'start' | 'zone' | 'startsAt' | 'endsAt' | 'minutes'>) => {
      const moved = { ...appointment, ...to }
      const [before, after] = [new Set(cells(appointment)), new Set(cells(moved))]
      return [
        appointmentEntity.replace(appointment, { ...to, updatedAt: now }),
        ...[...before].filter(cell => !after.has(cell)).map(cell => release(appointment, cell)),
        ...[...after].filter(cell => !before.has(cell)).map(cell => take(moved, cell)),
      ]
    },

    complete: (appointment: Appointment) =>
      appointmentEntity.replace(appointment, { status: 'fulfilled', updatedAt: now }),
    claimed: (appointment: Appointment, claimId: ClaimId) =>
      appointmentEntity.replace(appointment, { claimId, updatedAt: now }, 'already-claimed'),
    withTelehealth: (appointment: Appointment, telehealthId: TelehealthId) =>
      appointmentEntity.replace(appointment, { telehealthId, updatedAt: now }, 'telehealth-exists'),

    find: (appointmentId: AppointmentId): Promise<Appointment | undefined> =>
      visible(
        binding,
        work,
        getItem(appointmentKey(practiceId, appointmentId), binding).then(item => item && appointmentEntity.parse(item)),
      ),

    ofPractitioner: (practitionerId: PractitionerId, period: Period) =>
      list('gsi1', `APPOINTMENT#${practiceId}#PRACTITIONER#${practitionerId}`, period),
    ofPatient: (patientId: PatientId, period: Period) =>
      list('gsi3', `APPOINTMENT#${practiceId}#PATIENT#${patientId}`, period, patientId),

    /** The cells that are taken between two moments. */
    async taken(practitionerId: PractitionerId, from: Instant, to: Instant): Promise<Set<Instant>> {
      const items = await queryAll({ pk: cellKey(practiceId, practitionerId, from).pk, from, to }, binding)
      return new Set(items.map(({ sk }) => sk as Instant))
    },
  }
}

const cellKey = (practiceId: PracticeId, practitionerId: PractitionerId, cell: Instant) => ({
  pk: `CELL#${practiceId}#${practitionerId}`,
  sk: cell,
})
