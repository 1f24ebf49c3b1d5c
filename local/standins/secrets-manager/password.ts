import { randomInt } from 'node:crypto'
import type * as z from 'zod'
import { Refusal } from '../refusal.ts'
import type { GetRandomPassword } from './shapes.ts'

const uppercase = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'

/** A random password of the asked kinds of characters, by default 32 long with at least one of each kind. */
export function randomPassword(input: z.output<typeof GetRandomPassword>): string {
  const length = input.PasswordLength ?? 32
  const kinds = [
    input.ExcludeLowercase ? '' : uppercase.toLowerCase(),
    input.ExcludeUppercase ? '' : uppercase,
    input.ExcludeNumbers ? '' : '0123456789',
    input.ExcludePunctuation ? '' : punctuation,
    input.IncludeSpace ? ' ' : '',
  ]
    .map(kind => [...kind].filter(character => !input.ExcludeCharacters?.includes(character)))
    .filter(kind => kind.length > 0)
  const required = input.RequireEachIncludedType === false ? [] : kinds
  if (kinds.length === 0) {
    throw new Refusal('InvalidParameterException', 'No characters are left to make a password of.')
  }
  if (length < required.length) {
    throw new Refusal(
      'InvalidParameterException',
      `Password length ${length} is too short based on the required types.`,
    )
  }
  const all = kinds.flat()
  const characters = required.map(pick)
  while (characters.length < length) characters.push(pick(all))
  return shuffled(characters).join('')
}

const pick = (characters: string[]): string => characters[randomInt(characters.length)]!

function shuffled(characters: string[]): string[] {
  const result = [...characters]
  for (let last = result.length - 1; last > 0; last--) {
    const other = randomInt(last + 1)
    const moved = result[last]!
    result[last] = result[other]!
    result[other] = moved
  }
  return result
}
