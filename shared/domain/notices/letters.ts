import type { Notice, NoticeKind } from '../../schema/notices.ts'

/** A purpose of the `links` adapter, by its name. */
type Purpose = 'invitation' | 'reset' | 'email' | 'undo' | 'sms'

/** What is written of a kind of notice: plain text without names and without a word about anybody's care. */
interface Letter {
  subject: string
  /** What happened or is asked, a line each. */
  says: readonly string[]
  /** Where its link leads, and what the token in it is for. */
  link?: { path: `/${string}`; purpose: Purpose }
  /** What its code is for, where it is a text message. */
  code?: Purpose
  /** Minutes in which it is still worth sending; a day where nothing is said. */
  goodFor?: number
  /** False where there is nothing that somebody else could have done. */
  warns?: false
}

const day = 1_440
const undo = { path: '/undo', purpose: 'undo' } as const

const letters: Record<NoticeKind, Letter> = {
  invitation: {
    subject: 'Your invitation to Haven',
    says: ['You were invited to open an account.', 'The link works once, for seven days.'],
    link: { path: '/register', purpose: 'invitation' },
    warns: false,
  },
  'password-reset': {
    subject: 'Reset your Haven password',
    says: [
      'Somebody, most likely you, asked to reset the password of your account.',
      'The link works once, for half an hour. If it was not you, do nothing: your password stays as it is.',
    ],
    link: { path: '/reset-password', purpose: 'reset' },
    goodFor: 30,
    warns: false,
  },
  'email-confirmation': {
    subject: 'Confirm your e-mail address for Haven',
    says: [
      'This address was given as the new address of an account. Open the link where you are signed in to it.',
      'The link works once, for a day. If it was not you, do nothing.',
    ],
    link: { path: '/confirm-email', purpose: 'email' },
    warns: false,
  },
  'email-changed': {
    subject: 'Your Haven e-mail address was changed',
    says: ['The e-mail address of your account is another one now. Further messages go there.'],
    link: undo,
  },
  'password-changed': {
    subject: 'Your Haven password was changed',
    says: ['The password of your account was changed, and every other session was ended.'],
    link: undo,
  },
  'phone-changed': {
    subject: 'Your Haven phone number was changed',
    says: ['The phone number of your account was changed.'],
  },
  'factor-added': {
    subject: 'A way to sign in was added to Haven',
    says: ['A second factor was added to your account.'],
  },
  'factor-removed': {
    subject: 'A way to sign in was removed from Haven',
    says: ['A second factor was removed from your account.'],
  },
  'passkey-suspended': {
    subject: 'A passkey at Haven was suspended',
    says: ['A passkey of your account was suspended, because a copy of it may have been used.'],
  },
  'backup-code-used': {
    subject: 'A backup code was used at Haven',
    says: ['Somebody signed in to your account with one of its backup codes. That code works no more.'],
  },
  'backup-codes-renewed': {
    subject: 'Your Haven backup codes were renewed',
    says: ['New backup codes were made for your account. The old ones work no more.'],
  },
  'new-device': {
    subject: 'A new device at Haven',
    says: ['Your account was used in a browser that it had not been used in before.'],
  },
  'sessions-ended': { subject: 'You were signed out of Haven', says: ['All sessions of your account were ended.'] },
  'session-token-reused': {
    subject: 'A session at Haven was ended for safety',
    says: [
      'A session of your account was ended, because its cookie was used from two places. It may have been copied.',
    ],
  },
  'device-token-reused': {
    subject: 'A browser is trusted no more at Haven',
    says: [
      'A browser that you trust was trusted no more, because its cookie was used twice. It may have been copied.',
      'Whoever used it knew your password: change it, unless that was you with an old copy of your browser.',
    ],
  },
  'identity-linked': {
    subject: 'Another way to sign in to Haven',
    says: ['Signing in through another provider was linked to your account.'],
  },
  'identity-unlinked': {
    subject: 'A way to sign in to Haven was removed',
    says: ['Signing in through another provider was taken from your account.'],
  },
  'account-locked': {
    subject: 'Your Haven account is locked',
    says: ['Too many wrong passwords or codes were tried. Signing in is locked for a while.'],
  },
  'role-changed': {
    subject: 'Your role at Haven was changed',
    says: ['An administrator changed what your account may do. You were signed out.'],
  },
  'account-disabled': {
    subject: 'Your Haven account was disabled',
    says: ['An administrator disabled your account. You were signed out.'],
  },
  'account-enabled': {
    subject: 'Your Haven account was enabled',
    says: ['An administrator enabled your account again. You can sign in.'],
  },
  'account-deleted': { subject: 'Your Haven account was deleted', says: ['An administrator deleted your account.'] },
  'break-glass-started': {
    subject: 'Haven: an emergency access waits for your review',
    says: [
      'Somebody at your practice opened a restricted record in an emergency.',
      'Sign in and decide whether it was justified. It stays in your queue until you do.',
    ],
    warns: false,
  },
  'record-export-requested': {
    subject: 'Haven: a copy was ordered',
    says: ['A copy of what is kept about you was ordered. It can be fetched for seven days once it is ready.'],
  },
  'record-export-ready': {
    subject: 'Haven: a copy is ready',
    says: ['A copy of what is kept about you is ready. Whoever ordered it can fetch it for seven days.'],
  },
  'sms-code': { subject: '', says: ['is your Haven code. Never tell it to anybody.'], code: 'sms', goodFor: 10 },
}

export const linkOf = (kind: NoticeKind) => letters[kind].link
export const codePurposeOf = (kind: NoticeKind) => letters[kind].code
export const goodFor = (kind: NoticeKind): number => letters[kind].goodFor ?? day

/** A text message: its code first, where a phone shows it without being unlocked by anything but a glance. */
export const textOf = (kind: NoticeKind, code: string | undefined): string =>
  [code, ...letters[kind].says].filter(Boolean).join(' ')

/** The mail of a notice, about what happened at its moment. */
export function letterOf(
  { kind, createdAt: at, reference }: Pick<Notice, 'kind' | 'createdAt' | 'reference'>,
  url: string | undefined,
): { subject: string; text: string } {
  const { subject, says, warns = true } = letters[kind]
  const undoes = linkOf(kind)?.purpose === 'undo'
  const paragraphs = [
    says.join('\n'),
    ...(warns ? [`When: ${at.slice(0, 10)} ${at.slice(11, 16)} UTC`] : []),
    ...(reference ? [`Reference: ${reference}`] : []),
    ...(url && undoes ? [`If it was not you, undo it within 72 hours. Everybody is then signed out:\n${url}`] : []),
    ...(url && !undoes ? [url] : []),
    ...(warns && !(url && undoes) ? ['If it was not you, reset your password at once and tell your practice.'] : []),
    'This message was sent by a machine. Nobody will ever ask you for your password or for a code.',
  ]
  return { subject, text: `${paragraphs.join('\n\n')}\n` }
}
