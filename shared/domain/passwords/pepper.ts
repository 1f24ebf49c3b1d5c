import { type Pepper, Peppers } from '../../schema/secrets.ts'

/** The peppers of a secret's text. Before the first turn it is one pepper without an id, as it was generated. */
export const readPeppers = (text: string): Peppers =>
  text.startsWith('{') ? Peppers.parse(JSON.parse(text)) : { id: '', value: text, before: [] }

/** The pepper of a hash, where there is one. */
export const pepperOf = ({ before, ...present }: Peppers, id: string): Pepper | undefined =>
  [present, ...before].find(each => each.id === id)

/** Another pepper in the place of the present one, which stays. */
export const nextPeppers = ({ before, ...present }: Peppers, next: Pepper): Peppers => ({
  ...next,
  before: [present, ...before],
})

/** Whether whatever was hashed under the one can be checked under the other. */
export const keepsAllOf = (later: Peppers, earlier: Peppers): boolean =>
  [earlier, ...earlier.before].every(({ id, value }) => pepperOf(later, id)?.value === value)
