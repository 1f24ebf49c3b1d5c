import type { PersonName, PostalAddress } from '../../schema/people.ts'
import { fhirId } from '../audit/fhir.ts'

/** A FHIR R4 resource. Tests hold each against the profiles of the standard. */
export type Resource = { resourceType: string; id: string } & Record<string, unknown>

export const idOf = fhirId
export const hl7 = (name: string): string => `http://terminology.hl7.org/CodeSystem/${name}`
export const coding = (system: string, code: string, display?: string) => ({
  system,
  code,
  ...(display && { display }),
})
export const concept = (system: string, code: string) => ({ coding: [coding(system, code)] })
export const reference = (type: string, id: string) => ({ reference: `${type}/${fhirId(id)}` })
export const telephone = (value: string) => ({ system: 'phone', value })
export const money = (cents: number) => ({ value: cents / 100, currency: 'USD' })
export const base64 = (text: string): string => {
  const bytes = new TextEncoder().encode(text)
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

const genders = { F: 'female', M: 'male', U: 'unknown' } as const

interface Person {
  name: PersonName
  gender?: keyof typeof genders
  birthDate?: string
  address?: PostalAddress
}

/** What FHIR says of a person in the same words, whatever they are to the record. */
export const personOf = ({ name, gender, birthDate, address }: Person) => ({
  name: { family: name.family, given: [name.given, ...(name.middle ? [name.middle] : [])] },
  ...(gender && { gender: genders[gender] }),
  ...(birthDate && { birthDate }),
  ...(address && {
    address: [
      {
        line: [address.line1, ...(address.line2 ? [address.line2] : [])],
        city: address.city,
        state: address.state,
        postalCode: address.postalCode,
        country: 'US',
      },
    ],
  }),
})
