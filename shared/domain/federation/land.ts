import type { Tools } from '../../kernel/action.ts'
import type { Write } from '../../kernel/write.ts'
import type { AuthorizationResponse, Flow, Identity, ProviderId } from '../../schema/federation.ts'
import type { Session, User } from '../../schema/identity.ts'
import type { NoticeId, SessionId } from '../../schema/ids.ts'
import type { Practice } from '../../schema/practices.ts'
import { afterFirstFactor, needsPolicy, type Opening } from '../signIn.ts'
import { type Bindings, bindingsOf, isState } from './flow.ts'
import { type Subject, subjectHashOf } from './subject.ts'

/** The problems of a landing: whoever is not let in learns that, and not why. */
export const landingProblems = ['federation-refused', 'identity-taken'] as const

type Code = (typeof landingProblems)[number]

/** What a landing needs of the store and the provider. */
interface Ports {
  federation: {
    at: (path: string) => string
    identify: (flow: Flow, bound: Bindings, response: AuthorizationResponse) => Promise<Subject | undefined>
  }
  flows: {
    take: (secret: string) => Promise<Flow | undefined>
    session: (link: NonNullable<Flow['link']>, user: User) => Promise<Session | undefined>
    stillSignedIn: (session: Session) => Write<Code>
  }
  identities: {
    find: (slug: string, subjectHash: string) => Promise<Identity | undefined>
    owner: (of: Pick<User, 'practiceId' | 'userId'>) => Promise<User | undefined>
    link: (identity: Identity) => Write<Code>
    unchanged: (identity: Identity, onConflict: Code) => Write<Code>
    ownerUnchanged: (user: User, onConflict: Code) => Write<Code>
  }
  practices: { of: (user: Pick<User, 'practiceId'>) => Promise<Practice> }
  notices: { tell: (id: NoticeId, user: User, kind: 'identity-linked') => Write<'conflict'> }
  sessions: {
    hashOf: (token: string) => string
    open: (user: User, id: SessionId, how: Opening) => { session: Session; token: string; write: Write<'conflict'> }
  }
}

type Landing = Ports & Tools<Code>

/**
 * Ends a flow, however the provider sent its browser back: as a sign-in, or as a link if a session began it. State is compared
 * before anything is read, so a foreign page can use up nobody's flow; then the flow is used up, whatever comes of it.
 */
export async function land(provider: ProviderId, response: AuthorizationResponse, landing: Landing): Promise<string> {
  const { federation, flows, flow: browser, about, fail } = landing
  const { secret, token } = browser.current() ?? {}
  if (!secret || !isState(response.state, secret)) return fail('federation-refused')
  const flow = await flows.take(secret)
  // The answer of another provider than the one that was asked is a mix-up (RFC 9700 §4.4).
  if (!flow || flow.provider !== provider) return fail('federation-refused')
  if (flow.link) about({ practiceId: flow.link.practiceId, userId: flow.link.userId })
  const subject = await federation.identify(flow, bindingsOf(secret), response)
  if (!subject) return fail('federation-refused')
  const subjectHash = subjectHashOf(subject)
  await (flow.link ? link(flow, flow.link, subjectHash, token, landing) : signIn(flow, subjectHash, landing))
  return federation.at(flow.returnTo)
}

/** Only an identity that its owner has linked leads in: no account is found, made or linked by an e-mail address. */
async function signIn({ practiceSlug }: Flow, subjectHash: string, landing: Landing): Promise<void> {
  const { identities, practices, sessions, session, now, newId, about, commit, fail } = landing
  const identity = await identities.find(practiceSlug, subjectHash)
  const user = identity && (await identities.owner(identity))
  if (user) about({ practiceId: user.practiceId, userId: user.userId, patientId: user.patientId })
  if (!identity || user?.status !== 'active') return fail('federation-refused')

  const policy = needsPolicy(user) ? (await practices.of(user)).signIn : undefined
  const opening = afterFirstFactor(user, ['fed'], { trusted: false, policy }, now)
  const opened = sessions.open(user, newId('ses'), opening)
  about({ sessionId: opened.session.sessionId })
  await commit(
    identities.ownerUnchanged(user, 'federation-refused'),
    identities.unchanged(identity, 'federation-refused'),
    opened.write,
  )
  session.enter(opened.session, opened.token)
}

/** Links an identity to the user whose session began the flow, while that session lives and the browser shows no other. */
async function link(
  { practiceSlug, provider }: Flow,
  begun: NonNullable<Flow['link']>,
  subjectHash: string,
  token: string | undefined,
  landing: Landing,
): Promise<void> {
  const { identities, flows, sessions, notices, flow: browser, now, newId, about, commit, fail } = landing
  const { practiceId, userId, sessionId } = begun
  about({ sessionId })
  const user = await identities.owner(begun)
  const session = user && (await flows.session(begun, user))
  const another = token !== undefined && sessions.hashOf(token) !== session?.tokenHash
  if (!user || !session || another) return fail('federation-refused')

  const identityId = newId('idn')
  const identity = { identityId, practiceId, practiceSlug, userId, provider, subjectHash, linkedAt: now, version: 1 }
  await commit(
    identities.link(identity),
    identities.ownerUnchanged(user, 'federation-refused'),
    flows.stillSignedIn(session),
    notices.tell(newId('ntc'), user, 'identity-linked'),
  )
  browser.end()
}
