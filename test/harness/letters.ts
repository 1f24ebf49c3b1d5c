import { links } from '../../shared/adapters/links.ts'
import { letterOf, linkOf } from '../../shared/domain/notices/letters.ts'
import type { Notice, NoticeKind } from '../../shared/schema/notices.ts'
import { itemsLike, type TestPractice } from './index.ts'

/** What a practice's people are told of, in the order in which it happened. */
export async function noticesOf(practiceId: string, kind?: NoticeKind): Promise<Notice[]> {
  const all = (await itemsLike(`NOTICE#${practiceId}#`)) as unknown as Notice[]
  return all
    .filter(notice => !kind || notice.kind === kind)
    .sort((a, b) => (a.createdAt + a.noticeId < b.createdAt + b.noticeId ? -1 : 1))
}

/** The token in the link of a notice. */
export async function tokenIn({ kind, ticketId }: Notice): Promise<string> {
  const link = linkOf(kind)
  if (!link || !ticketId)
    throw new Error(`a notice of ${kind} has no link: ${letterOf({ kind, createdAt: '' }, undefined).subject}`)
  return links().token(link.purpose, ticketId)
}

/** The token in the last link of a kind. */
export async function tokenOf(practiceId: string, kind: NoticeKind): Promise<string> {
  const notice = (await noticesOf(practiceId, kind)).at(-1)
  if (!notice) throw new Error(`no ${kind} was told of`)
  return tokenIn(notice)
}

/** The same, of each the kind and to whom. */
export const toldOf = async ({ practice }: TestPractice) =>
  (await noticesOf(practice.practiceId)).map(({ kind, userId }) => [kind, userId])
