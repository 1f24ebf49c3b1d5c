/**
 * Every kind of item that the store keeps, and where a patient finds theirs: in which file, or why nowhere. A test holds the names
 * against docs/data-model.md, and that page against the table: no kind can be forgotten.
 */
const bundle = 'bundle.json'
const account = 'account.json'

export const told: Readonly<Record<string, string>> = {
  Organization: bundle,
  Patient: bundle,
  'Patient, as it was': bundle,
  Practitioner: bundle,
  Coverage: bundle,
  Appointment: bundle,
  'Telehealth session': bundle,
  Claim: bundle,
  'Consent, as it was': bundle,
  'Text of a consent': bundle,
  'Request for an amendment': bundle,
  Disclosure: `${bundle}, disclosures.csv`,
  'Disclosure that the accounting leaves out': `${bundle}, disclosures.csv`,
  'Substance-use note': `${bundle}, in the patient's own copy`,
  'Audit event': `${bundle}: what people and programs of the practice did with the record`,
  User: account,
  Session: account,
  'Trusted device': account,
  Passkey: account,
  'Identity at another provider': account,
  Authenticator: `${account}: that there is one`,
  'Phone that gets codes': account,
}

const elsewhere = 'says nothing that another file does not'
const secret = 'a secret of signing in, or a hash of one'
const guard = 'counts requests or tries, and is gone within days'
const business = "the practice's own business, not a record about the patient"
const machinery = 'machinery: names what another item says'
const passing = 'waits for an answer for days at most, and holds nothing that the account does not'

export const untold: Readonly<Record<string, string>> = {
  'Psychotherapy note':
    'there is no right of access to such notes, whether there are any or not (45 CFR 164.524(a)(1)(i))',
  "Key of a patient's psychotherapy notes": 'as such notes',
  "Key of a patient's substance-use notes": secret,
  'Consent, the last word on a purpose': elsewhere,
  'Restricted records of a practice': elsewhere,
  'Cell of a calendar, five minutes': elsewhere,
  'Telehealth participant': elsewhere,
  'Emergency access':
    'each look under it is among the audit events; why it was opened is a security record of the practice',
  'Interchange, as it was sent': "the practice's business record; what it said of the patient is in the claim",
  'Submission in the outbox': machinery,
  'Control number': machinery,
  'Wrapping of the keys of records': machinery,
  'Texts that stand': machinery,
  'Request for an erasure': 'a decision about the record, which goes with it; the patient sees it on its own list',
  'Legal hold that stands': business,
  'Legal hold that was released': business,
  'Years for which a practice keeps what': business,
  Export: business,
  'Copy of a record': machinery,
  'Last copy of a record': machinery,
  'Login, which keeps an e-mail unique': secret,
  'Authenticator that is being set up': secret,
  'Backup code': secret,
  "Ceremony, a challenge that waits for a passkey's answer": passing,
  'Flow at an identity provider': passing,
  'Authorization code': secret,
  Invitation: passing,
  'Last invitation of an e-mail': passing,
  'Password reset': passing,
  'Change of e-mail that waits': passing,
  'Undo of a change': passing,
  Notice: 'a mail that was sent, of which nothing but its kind is kept, for thirty days',
  'Rate limit': guard,
  'Quotas of a practice': business,
  'Mark of a limit that was crossed': guard,
  "Gate of an account: a day's strangers": guard,
  'Gate of an account: a trusted device': guard,
  'CAPTCHA that was used': guard,
  'Texts of a day': guard,
  'API key': business,
  'Public key of access tokens': business,
  'Review of a day': business,
  'Thresholds of reviews': business,
  'Finding of a review': business,
  'End of the audit archive': machinery,
}
