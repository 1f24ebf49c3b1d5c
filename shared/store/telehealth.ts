import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import type { PracticeId, TelehealthId } from '../schema/ids.ts'
import { type Meeting, Participant, TelehealthSession } from '../schema/telehealth.ts'
import { entity, keyOf } from './entity.ts'
import { practiceOf } from './practice.ts'
import { queryAll } from './read.ts'
import { tableName } from './table.ts'
import { visible } from './visible.ts'

const sessionEntity = entity<TelehealthSession>({
  name: 'TelehealthSession',
  schema: TelehealthSession,
  id: session => session.telehealthId,
  patientId: session => session.patientId,
  keys: session => ({ pk: telehealthKey(session.practiceId, session.telehealthId), sk: 'SESSION' }),
})

const participantEntity = entity<Participant>({
  name: 'TelehealthParticipant',
  schema: Participant,
  id: participant => `${participant.telehealthId}.${participant.userId}`,
  keys: participant => ({
    pk: telehealthKey(participant.practiceId, participant.telehealthId),
    sk: `PARTICIPANT#${participant.userId}`,
  }),
})

const telehealthKey = (practiceId: PracticeId, telehealthId: TelehealthId) => `TELEHEALTH#${practiceId}#${telehealthId}`

/** A session and whoever is in it or waits for it: one run of items, read together. */
export interface Room {
  session: TelehealthSession
  participants: Participant[]
}

export const telehealth = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  const { now } = binding
  /** A change that needs no reading of the session first. */
  const follow = (
    telehealthId: TelehealthId,
    changed: readonly string[],
    change: string,
    values: Record<string, unknown>,
  ): Write<'conflict'> => ({
    kind: 'update',
    request: {
      TableName: tableName(),
      Key: { pk: telehealthKey(practiceId, telehealthId), sk: 'SESSION' },
      UpdateExpression: `${change}, updatedAt = :now ADD version :one`,
      ConditionExpression: 'attribute_exists(pk)',
      ...(change.includes('#status') && { ExpressionAttributeNames: { '#status': 'status' } }),
      ExpressionAttributeValues: { ...values, ':now': now, ':one': 1 },
    },
    onConflict: 'conflict',
    record: { entity: 'TelehealthSession', id: telehealthId, changed },
  })
  return {
    schedule: (
      session: Pick<
        TelehealthSession,
        'telehealthId' | 'appointmentId' | 'patientId' | 'practitionerId' | 'startsAt' | 'endsAt'
      >,
    ) => {
      const scheduled: TelehealthSession = {
        ...session,
        practiceId,
        status: 'scheduled',
        generation: 0,
        createdAt: now,
        updatedAt: now,
        version: 1,
      }
      return { scheduled, write: sessionEntity.create(scheduled) }
    },

    async room(telehealthId: TelehealthId): Promise<Room | undefined> {
      const reading = queryAll({ pk: telehealthKey(practiceId, telehealthId) }, binding)
      const sessionIn = (items: Record<string, unknown>[]) => {
        const found = items.find(({ sk }) => sk === 'SESSION')
        return found && sessionEntity.parse(found)
      }
      const session = await visible(binding, 'operations', reading.then(sessionIn))
      const items = await reading
      const participants = items.filter(({ sk }) => String(sk).startsWith('PARTICIPANT#')).map(participantEntity.parse)
      return session && { session, participants }
    },

    arrive: (
      telehealthId: TelehealthId,
      known: Participant | undefined,
      seen: Pick<Participant, 'userId' | 'part' | 'status'> & Partial<Participant>,
    ) =>
      known
        ? participantEntity.replace(known, { ...seen, updatedAt: now })
        : participantEntity.create({
            telehealthId,
            practiceId,
            waitingSince: now,
            updatedAt: now,
            version: 1,
            ...seen,
          }),

    admit: (participant: Participant) =>
      participantEntity.replace(participant, { status: 'admitted', admittedAt: now, updatedAt: now }),

    /**
     * Notes the meeting of a generation. Two who are first at once have been given the same meeting by the same token, so
     * both may write it; an older generation never takes the place of a newer one.
     */
    started: (session: TelehealthSession, generation: number, meeting: Meeting): Write<'telehealth-ended'> => ({
      kind: 'update',
      request: {
        TableName: tableName(),
        Key: keyOf(sessionEntity.keys(session)),
        UpdateExpression:
          'SET #status = :progress, meeting = :meeting, generation = :generation, updatedAt = :now ADD version :one',
        ConditionExpression: '#status <> :ended AND generation <= :generation',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':progress': 'in-progress',
          ':ended': 'ended',
          ':meeting': meeting,
          ':generation': generation,
          ':now': now,
          ':one': 1,
        },
      },
      onConflict: 'telehealth-ended',
      record: {
        entity: 'TelehealthSession',
        id: session.telehealthId,
        patientId: session.patientId,
        changed: ['status', 'meeting', 'generation'],
      },
    }),

    /** Follows its appointment to another time: people join when the visit is, not when it was to be. */
    moved: (telehealthId: TelehealthId, { startsAt, endsAt }: Pick<TelehealthSession, 'startsAt' | 'endsAt'>) =>
      follow(telehealthId, ['startsAt', 'endsAt'], 'SET startsAt = :startsAt, endsAt = :endsAt', {
        ':startsAt': startsAt,
        ':endsAt': endsAt,
      }),

    /** Ends with its appointment, so that nobody waits for a visit that is not to be. */
    cancelled: (telehealthId: TelehealthId) =>
      follow(telehealthId, ['status', 'endedAt'], 'SET #status = :ended, endedAt = if_not_exists(endedAt, :now)', {
        ':ended': 'ended',
      }),

    end: (session: TelehealthSession) =>
      sessionEntity.replace(session, { status: 'ended', endedAt: now, updatedAt: now }),
  }
}
