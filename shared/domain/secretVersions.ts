import { type SecretVersion, SecretVersions } from '../schema/secrets.ts'

/** The values of a secret's text. Before the first turn it is one value without an id, as it was generated. */
export const readVersions = (text: string): SecretVersions =>
  text.startsWith('{') ? SecretVersions.parse(JSON.parse(text)) : { id: '', value: text, before: [] }

/** The value of an id, where there is one. */
export const versionOf = ({ before, ...present }: SecretVersions, id: string): SecretVersion | undefined =>
  [present, ...before].find(each => each.id === id)

/** Another value in the place of the present one, which stays. */
export const nextVersions = ({ before, ...present }: SecretVersions, next: SecretVersion): SecretVersions => ({
  ...next,
  before: [present, ...before],
})

/** Whether whatever was made with the one is of use with the other. */
export const keepsAllOf = (later: SecretVersions, earlier: SecretVersions): boolean =>
  [earlier, ...earlier.before].every(({ id, value }) => versionOf(later, id)?.value === value)
