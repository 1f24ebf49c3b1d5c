/**
 * Every failure that a client can be told of, as RFC 9457 problem types. The code is stable and is what a client switches
 * on; the title is for a person. Nothing here, or in a detail, ever repeats what the client sent.
 */
const catalogue = {
  // The request itself
  'malformed-request': [400, 'The request is not well formed'],
  'validation-failed': [400, 'Some fields are not valid'],
  unauthenticated: [401, 'Sign in first'],
  'session-expired': [401, 'The session has ended'],
  'session-reused': [401, 'The session has ended, because a token that was replaced came back'],
  'token-refused': [401, 'The key or token is not valid, or not any more'],
  'mfa-required': [403, 'A second factor is needed first'],
  'step-up-required': [403, 'Show a second factor again first'],
  forbidden: [404, 'There is no such resource'],
  'csrf-refused': [403, 'The request does not come from the application'],
  'not-found': [404, 'There is no such resource'],
  conflict: [409, 'Somebody changed this at the same time; read it again'],
  'payload-too-large': [413, 'The body is larger than this action takes'],
  'unsupported-media-type': [415, 'Send application/json'],
  'rate-limited': [429, 'Too many requests; wait and try again'],
  'internal-error': [500, 'Something went wrong on our side'],
  'audit-unavailable': [503, 'The audit trail cannot be written, so nothing was done or shown'],
  unavailable: [503, 'A service that this needs does not answer; try again'],
  timeout: [504, 'The request took too long; it may be tried again'],
  // Identity
  'credentials-refused': [401, 'The practice, e-mail or password is not right'],
  'captcha-required': [403, 'Solve a CAPTCHA first'],
  'account-delayed': [429, 'Too many tries at this account; wait, or solve a CAPTCHA'],
  'code-refused': [401, 'The code is not right, or was used before'],
  'too-many-attempts': [429, 'Too many wrong codes; sign in again'],
  'link-refused': [409, 'This link or code works no more; ask for another'],
  'already-refreshed': [409, 'Another tab has refreshed the session; use its cookie'],
  'session-not-found': [404, 'There is no such session'],
  'device-not-found': [404, 'There is no such trusted browser'],
  'mfa-already-enabled': [409, 'A second factor is enabled already'],
  'mfa-not-set-up': [409, 'Set up a second factor first'],
  'password-refused': [422, 'Choose another password'],
  'password-wrong': [403, 'The present password is not right'],
  'too-many-messages': [429, 'Too many messages were sent there; wait an hour'],
  'too-many-changes': [429, 'The account was changed too often; wait three days, or undo a change'],
  // Users
  'user-not-found': [404, 'There is no such user'],
  'own-account': [409, 'Nobody changes their own role, or disables or deletes themselves'],
  'role-refused': [409, 'A patient stays a patient, and nobody else becomes one'],
  'passkey-refused': [401, 'The passkey was not accepted; try again, or sign in another way'],
  'passkey-not-found': [404, 'There is no such passkey'],
  'passkey-exists': [409, 'That passkey is registered already'],
  'too-many-passkeys': [409, 'There are ten passkeys already; remove one first'],
  'last-factor': [409, 'This is the only second factor; add another before it is removed'],
  'federation-refused': [401, 'That sign-in did not succeed; start it again'],
  'provider-not-found': [404, 'There is no such identity provider'],
  'identity-not-found': [404, 'There is no such linked account'],
  'identity-taken': [409, 'That account is linked already'],
  'last-way-in': [409, 'Set a password or a passkey first: this is the only way in'],
  // Programs and apps (RFC 6749 §5.2, RFC 7009 §2.2.1)
  'invalid-client': [401, 'The client is not known, or did not prove itself'],
  'invalid-grant': [400, 'The code or refresh token is not valid, or not any more'],
  'invalid-scope': [400, 'The client may not have that scope'],
  'unsupported-grant-type': [400, 'There is no such grant'],
  'unsupported-token-type': [400, 'Only refresh tokens are revoked; an access token ends with its key or its session'],
  'redirect-refused': [422, 'The client is not known, or that is no address of it'],
  'signing-key-missing': [503, 'There is no signing key yet; one is made within minutes'],
  'api-key-not-found': [404, 'There is no such API key'],
  'api-key-over': [409, 'The API key was revoked or has expired'],
  'scope-not-held': [422, 'A key cannot be given what its maker may not do'],
  'stronger-factor-needed': [
    409,
    'Set up an authenticator app or a passkey first; text messages only stand in for them',
  ],
  'mfa-not-owed': [409, 'This session owes no second factor'],
  'too-many-texts': [429, 'Too many text messages; wait, or use another factor'],
  // Scheduling
  'patient-not-found': [404, 'There is no such patient'],
  'practitioner-not-found': [404, 'There is no such practitioner'],
  'appointment-not-found': [404, 'There is no such appointment'],
  'slot-taken': [409, 'That time is taken'],
  'outside-availability': [409, 'The practitioner does not work at that time'],
  'wall-time-missing': [422, 'Clocks skip that time on that day'],
  'start-too-early': [422, 'That time has passed'],
  'appointment-not-booked': [409, 'The appointment is not booked any more'],
  'appointment-not-started': [409, 'The appointment has not started'],
  'appointment-not-fulfilled': [409, 'The appointment has not been completed'],
  // Privacy
  'note-not-found': [404, 'There is no such note'],
  'withheld-from-payers': [409, 'The patient has asked that no payer is told of this'],
  'care-team-missing': [422, 'Name who treats the patient: nobody else could read the record'],
  'too-many-restrictions': [409, 'The practice has as many restricted records as it can have'],
  'break-glass-not-found': [404, 'There is no such emergency access'],
  'break-glass-over': [409, 'That emergency access is over'],
  'too-many-leases': [409, 'Five records are open to you in emergencies; end one first'],
  'own-break-glass': [409, 'Nobody reviews an emergency access of their own'],
  'already-reviewed': [409, 'It has been decided already'],
  'consent-needed': [409, 'The patient has not consented to this, or not any more'],
  'consent-not-given': [409, 'There is no such consent to withdraw'],
  'consent-given': [409, 'The patient has consented to this text already'],
  'consent-text-outdated': [409, 'Another version of the text is shown now; read it again'],
  'consent-method-refused': [422, 'A patient consents in the portal; staff note what was signed or said'],
  'consent-elements-missing': [
    422,
    'A consent to disclose substance-use records needs its elements, and no other has them',
  ],
  'disclosure-to-come': [422, 'Record a disclosure once it has been made'],
  'too-many-record-exports': [429, 'As many copies of this record were ordered today as can be; wait until tomorrow'],
  'reason-missing': [422, 'Say why a copy is ordered for somebody else'],
  'amendment-not-found': [404, 'There is no such request'],
  'already-decided': [409, 'The request has been decided already'],
  'erasure-not-found': [404, 'There is no such request'],
  'nothing-must-be-kept': [409, 'No duty and no legal hold stands against it: it cannot be refused'],
  'retention-too-short': [422, 'The law asks for more years than that'],
  'legal-hold-stands': [409, 'A legal hold stands: nothing of the patient may be destroyed'],
  'legal-hold-not-found': [404, 'No legal hold stands'],
  // Claims
  'payer-not-found': [404, 'There is no such payer'],
  'coverage-not-found': [404, 'There is no such coverage'],
  'claim-not-found': [404, 'There is no such claim'],
  'claim-not-draft': [409, 'The claim was submitted already'],
  'claim-has-findings': [422, 'The claim would be rejected; correct the fields named'],
  'already-claimed': [409, 'This appointment has a claim already'],
  'claim-parties-differ': [422, 'The patient, appointment and coverage do not belong together'],
  // Audit
  'period-too-long': [422, 'The period holds more than can be read at once; ask for a part of it'],
  'period-not-kept': [422, 'No records are kept of that period'],
  'export-not-found': [404, 'There is no such export, or its file is gone'],
  'export-not-done': [409, 'The file is not written yet'],
  'finding-not-found': [404, 'There is no such finding'],
  'finding-closed': [409, 'The finding has its decision already'],
  'own-finding': [409, 'Somebody else must decide what is about oneself'],
  // Telehealth
  'telehealth-not-found': [404, 'There is no such telehealth session'],
  'telehealth-exists': [409, 'The appointment has a telehealth session already'],
  'telehealth-ended': [409, 'The telehealth session has ended'],
  'outside-join-window': [409, 'It is too early or too late to join'],
  'participant-not-found': [404, 'Nobody with that id is waiting'],
} as const satisfies Record<string, readonly [status: number, title: string]>

export type ProblemCode = keyof typeof catalogue

/** Where in the request a fault lies, and what is wrong: never the value. */
export interface FieldError {
  /** `body.start`, `params.claimId`, `query.limit`, `content.lines.0.units`. */
  path: string
  message: string
}

/** Codes that any action may answer, because the pipeline itself answers them. */
export const standardProblems = [
  'malformed-request',
  'validation-failed',
  'unauthenticated',
  'session-expired',
  'session-reused',
  'token-refused',
  'mfa-required',
  'step-up-required',
  'forbidden',
  'csrf-refused',
  'conflict',
  'payload-too-large',
  'unsupported-media-type',
  'rate-limited',
  'internal-error',
  'audit-unavailable',
  'unavailable',
  'timeout',
] as const satisfies readonly ProblemCode[]
export type StandardProblem = (typeof standardProblems)[number]

export const problemStatus = (code: ProblemCode): number => catalogue[code][0]
export const problemTitle = (code: ProblemCode): string => catalogue[code][1]

/** An expected failure on its way to the client. Thrown by `fail` and by the pipeline's steps, answered by one step. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly errors: readonly FieldError[]
  /** Seconds after which a retry may succeed, for 429 and 503. */
  readonly retryAfter: number | undefined

  constructor(code: ProblemCode, more: { errors?: readonly FieldError[]; retryAfter?: number; cause?: unknown } = {}) {
    super(code, { cause: more.cause })
    this.code = code
    this.errors = more.errors ?? []
    this.retryAfter = more.retryAfter
  }
}

/** The body of an `application/problem+json` answer (RFC 9457 §3). */
export function problemBody(problem: Problem, requestId: string) {
  return {
    type: `urn:problem:${problem.code}`,
    title: problemTitle(problem.code),
    status: problemStatus(problem.code),
    code: problem.code,
    instance: `urn:request:${requestId}`,
    ...(problem.errors.length > 0 && { errors: problem.errors }),
  }
}
