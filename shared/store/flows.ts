import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import { hashOfSecret } from '../domain/federation/flow.ts'
import { standing } from '../domain/sessionClock.ts'
import type { Binding } from '../kernel/port.ts'
import { Flow } from '../schema/federation.ts'
import type { Session, User } from '../schema/identity.ts'
import { entity } from './entity.ts'
import { faults } from './faults.ts'
import { queryAll } from './read.ts'
import { sessionEntity } from './sessions.ts'
import { table, tableName } from './table.ts'

const flowEntity = entity<Flow>({
  name: 'Flow',
  schema: Flow,
  id: ({ provider }) => provider,
  keys: ({ secretHash }) => flowKey(secretHash),
  ttl: ({ expiresAt }) => Math.ceil(Date.parse(expiresAt) / 1000) + 86_400,
  audited: false,
})

const flowKey = (secretHash: string) => ({ pk: `FLOW#${secretHash}`, sk: 'FLOW' })

/** Sign-ins that another provider has in hand. */
export const flows = ({ now, signal }: Pick<Binding, 'now' | 'signal'>) => ({
  begin: (flow: Flow) => flowEntity.create(flow),

  /**
   * Takes a flow away, and answers it if it may still be used: of twenty callbacks at once one has it. It is gone before its
   * code is exchanged, whatever comes of that (RFC 9700 §4.2.4: state is used once).
   */
  async take(secret: string): Promise<Flow | undefined> {
    const command = new DeleteCommand({
      TableName: tableName(),
      Key: flowKey(hashOfSecret(secret)),
      ReturnValues: 'ALL_OLD',
    })
    const { Attributes } = await faults(table().send(command, { abortSignal: signal }))
    const flow = Attributes && flowEntity.parse(Attributes)
    return flow && now < flow.expiresAt ? flow : undefined
  },

  /** The session that began a flow, under whatever token it has now; nothing when it has ended. */
  async session(
    { practiceId, userId, sessionId }: NonNullable<Flow['link']>,
    user: User,
  ): Promise<Session | undefined> {
    const tokens = (await queryAll({ pk: `SESSION#${practiceId}#${userId}` }, { signal })).map(sessionEntity.parse)
    return tokens
      .filter(session => session.sessionId === sessionId && !session.graceUntil)
      .find(session => standing(session, user, now) === 'alive')
  },

  /** The transaction demands that it has not ended since it was read. */
  stillSignedIn: (session: Session) => sessionEntity.unchanged(session, 'federation-refused'),
})

export type Flows = ReturnType<typeof flows>
