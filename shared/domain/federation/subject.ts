import { createHash } from 'node:crypto'

/** Who somebody is at a provider: a subject is unique within its issuer alone (OIDC Core §5.7). */
export interface Subject {
  issuer: string
  subject: string
}

/** Issuer and subject as one value. An issuer is a URL, so it cannot hold the line break between them. */
export const subjectHashOf = ({ issuer, subject }: Subject): string =>
  createHash('sha256').update(`${issuer}\n${subject}`).digest('base64url')
