import type { Gender, PersonName, PostalAddress } from '../../../schema/people.ts'
import type { LocalDate } from '../../../schema/time.ts'
import type { Fields } from '../fields.ts'
import { dateOf, type Segment } from '../write.ts'

/** NM1 of a person, `entity` being NM101. The id is given as its qualifier (NM108) and text, already checked. */
export function person(
  path: string,
  entity: string,
  name: PersonName,
  fields: Fields,
  id: readonly [string, string] = ['', ''],
): Segment {
  const family = fields.text(`${path}.family`, name.family, 60)
  const given = fields.text(`${path}.given`, name.given, 35)
  const middle = fields.optional(`${path}.middle`, name.middle, 25)
  return ['NM1', entity, '1', family, given, middle, '', '', ...id]
}

/** N3 and N4. */
export function address(path: string, where: PostalAddress, fields: Fields): Segment[] {
  const line1 = fields.text(`${path}.line1`, where.line1, 55)
  const line2 = fields.optional(`${path}.line2`, where.line2, 55)
  const city = fields.text(`${path}.city`, where.city, 30)
  const state = fields.text(`${path}.state`, where.state, 2)
  const postalCode = fields.text(`${path}.postalCode`, where.postalCode, 9)
  if (city.length === 1) fields.refuse(`${path}.city`, 'must be at least 2 characters')
  return [
    ['N3', line1, line2],
    ['N4', city, state, postalCode],
  ]
}

/** DMG. */
export const demographics = (birthDate: LocalDate, gender: Gender): Segment => ['DMG', 'D8', dateOf(birthDate), gender]
