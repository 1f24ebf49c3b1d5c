import type { Notice } from '../../shared/schema/notices.ts'
import { itemsLike, type TestPractice } from './index.ts'

/** What the users of a practice have been told of, oldest first: the kind and to whom. */
export async function noticesOf({ practice }: TestPractice): Promise<[Notice['kind'], Notice['userId']][]> {
  const items = (await itemsLike(`NOTICE#${practice.practiceId}#`)) as unknown as Notice[]
  return items.sort((a, b) => (a.noticeId < b.noticeId ? -1 : 1)).map(({ kind, userId }) => [kind, userId])
}
