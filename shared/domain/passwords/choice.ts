/** Letters and digits that a password must hold beside the words that anybody would try first. */
const leastBeside = 8

const product = 'haven'

/** What anybody knows of an account: practice, e-mail, name. */
export interface Context {
  practice: { name: string; slug: string }
  email: string
  displayName?: string | undefined
}

/** Whether a password is among those that attackers have lists of. */
interface Breached {
  includes: (password: string) => Promise<boolean>
}

/** Why a password may not be chosen, in words for whoever chose it; nothing when it may (NIST SP 800-63B-4 §3.1.1.2). */
export async function refusalOf(password: string, context: Context, breached: Breached): Promise<string | undefined> {
  if (isMostly(password, wordsOf(context))) {
    return 'is little more than the name of the practice, of Haven or of yourself, which are tried first'
  }
  if (await breached.includes(password)) return 'is on the lists of passwords that attackers try first'
  return undefined
}

const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')

/** Longer words first, so that a part of one does not hide the rest of it. */
function wordsOf({ practice, email, displayName = '' }: Context): string[] {
  const [mailbox = ''] = email.split('@')
  const texts = [product, practice.name, practice.slug, mailbox, displayName]
  const words = texts.flatMap(text => [plain(text), ...text.split(/[^\p{L}\p{N}]+/u).map(plain)])
  return [...new Set(words)].filter(word => word.length >= 3).sort((a, b) => b.length - a.length)
}

const isMostly = (password: string, words: readonly string[]): boolean => {
  const whole = plain(password)
  const rest = words.reduce((left, word) => left.replaceAll(word, ''), whole)
  return rest.length < whole.length && [...rest].length < leastBeside
}
