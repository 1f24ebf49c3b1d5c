import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fhir } from 'fhir'
import { beforeAll, describe, expect, it } from 'vitest'
import { told, untold } from '../../../shared/domain/recordExports/registry.ts'
import { furnish } from '../../generated/samples.ts'
import { withFault } from '../../harness/faults.ts'
import { deviceOf } from '../../harness/identity.ts'
import { type Client, itemsLike, newPractice, plant, type TestPractice } from '../../harness/index.ts'
import { entities } from '../../store/document.ts'
import { requestAmendment } from '../amendments/fixture.ts'
import { grant, part2, withdraw } from '../consents/fixture.ts'
import { disclose } from '../disclosures/fixture.ts'
import { correct } from '../patients/fixture.ts'
import { notesOf, therapy } from '../psychotherapy/fixture.ts'
import { copy, fetched, order, run, stored } from './fixture.ts'

type Entry = { fullUrl: string; resource: Record<string, unknown> & { resourceType: string; id: string } }

describe('recordexports.run', () => {
  let practice: TestPractice
  let patient: Client
  let patientId: string
  let made: Awaited<ReturnType<typeof copy>>
  const entries = (): Entry[] => made.bundle.entry
  const ofType = (type: string) => entries().filter(({ resource }) => resource.resourceType === type)

  beforeAll(async () => {
    practice = await newPractice()
    patient = await practice.as('patient')
    patientId = patient.user.patientId ?? ''
    const admin = await practice.as('admin')
    const index = practice.patients.findIndex(each => each.patientId === patientId)
    await furnish(practice, index)
    const acknowledgements = [
      { source: '277CA', receivedAt: '2026-11-20T10:00:00.000Z', outcome: 'accepted', codes: ['A2:20:PR'] },
    ]
    for (const item of await itemsLike(`CLAIM#${practice.practice.practiceId}`))
      if (item.patientId === patientId) await plant({ ...item, acknowledgements })
    await correct(admin, patientId, { phone: '5035550177', email: 'canary.mail@nowhere.example' })
    await disclose(admin, patientId)
    await requestAmendment(patient, patientId)
    await grant(patient, patientId, 'part2-disclosure', { part2 })
    await withdraw(patient, patientId, 'part2-disclosure')
    await deviceOf(practice.users.patient)
    const { therapist } = await therapy(practice)
    await notesOf('psychotherapy').write(therapist, patientId, { paragraphs: ['canary-psychotherapy'] })
    await notesOf('substanceuse').write(therapist, patientId, { paragraphs: ['canary-substance'] })
    made = await copy(practice, patient, patientId)
  }, 240_000)

  it('writes one archive, which another program opens', () => {
    expect(Object.keys(made.files)).toEqual(['README.txt', 'bundle.json', 'disclosures.csv', 'account.json'])
    expect(made.answer.headers.get('content-type')).toBe('application/zip')
    expect(made.files['disclosures.csv']?.split('\r\n')).toHaveLength(3)
  })

  it('has every kind of resource that there is data for', () => {
    const types = new Set(entries().map(({ resource }) => resource.resourceType))
    for (const type of [
      'Organization',
      'Patient',
      'Practitioner',
      'Provenance',
      'Coverage',
      'Appointment',
      'Encounter',
      'Claim',
      'ClaimResponse',
      'Consent',
      'Task',
      'Communication',
      'DocumentReference',
      'AuditEvent',
    ])
      expect(types, type).toContain(type)
    const said = ofType('Consent').map(({ resource }) => JSON.stringify(resource))
    expect(said.filter(text => text.includes('"text":"part2-disclosure"'))).toHaveLength(2)
  })

  it('is FHIR R4, each resource by its profile', () => {
    const fhir = new Fhir()
    const faults = entries().flatMap(({ resource }) =>
      fhir
        .validate(resource, { errorOnUnexpected: true })
        .messages.filter(({ severity }) => severity === 'error' || severity === 'fatal')
        .map(({ location, message }) => `${resource.resourceType}: ${location} ${message}`),
    )
    expect([...new Set(faults)]).toEqual([])
    // The validator itself finds what is wrong.
    for (const wrong of [{ status: undefined }, { use: 'none' }, { colour: 'red' }]) {
      const { resource } = ofType('Claim')[0] as Entry
      const changed = JSON.parse(JSON.stringify({ ...resource, ...wrong }))
      const { messages } = fhir.validate(changed, { errorOnUnexpected: true })
      expect(messages.some(({ severity }) => severity === 'error')).toBe(true)
    }
  })

  it('has ids that are well formed and its own, and references that lead to what is in it', () => {
    const urls = entries().map(({ fullUrl }) => fullUrl)
    expect(new Set(urls).size).toBe(urls.length)
    for (const { fullUrl, resource } of entries()) {
      expect(resource.id).toMatch(/^[A-Za-z0-9.-]{1,64}$/)
      expect(fullUrl).toBe(`https://haven.invalid/fhir/${resource.resourceType}/${resource.id}`)
      const contained = ((resource.contained ?? []) as { id: string }[]).map(({ id }) => `#${id}`)
      for (const [, reference = ''] of JSON.stringify(resource).matchAll(/"reference":"([^"]+)"/g)) {
        if (reference.startsWith('#')) expect(contained).toContain(reference)
        else expect(urls).toContain(`https://haven.invalid/fhir/${reference}`)
      }
    }
  })

  it('has every value of the record', async () => {
    const text = Object.values(made.files).join('\n')
    const held = await itemsLike(`PATIENT#${practice.practice.practiceId}#${patientId}`)
    expect(held).toHaveLength(2)
    const { coverage } = practice.patients.find(each => each.patientId === patientId) as { coverage: object }
    const genders = { F: 'female', M: 'male', U: 'unknown' } as Record<string, string>
    for (const { name, birthDate, gender, address, phone, email } of held as unknown as Record<string, string>[]) {
      const values = [...Object.values(name ?? {}), ...Object.values(address ?? {}), birthDate, phone, email]
      for (const value of values.filter(value => value !== undefined)) expect(text).toContain(String(value))
      expect(text).toContain(genders[gender ?? ''])
    }
    const { subscriber } = coverage as { subscriber: Record<string, unknown> }
    expect(text).toContain(subscriber.memberId)
    for (const value of [...part2.recipients, part2.information, part2.purpose, part2.signedBy])
      expect(text).toContain(value)
    expect(made.files['account.json']).toContain(practice.users.patient.email)
    expect(JSON.parse(made.files['account.json'] ?? '').accounts[0].devices.length).toBeGreaterThan(0)
  })

  it('has every word of what hangs on it', async () => {
    // Base64 hides words, so those are laid beside it.
    const bundle = made.files['bundle.json'] ?? ''
    const texts = [...bundle.matchAll(/"data":"([^"]+)"/g)].map(([, data = '']) =>
      Buffer.from(data, 'base64').toString(),
    )
    const said = [bundle, made.files['disclosures.csv'], ...texts].join('\n')
    const kinds = ['AMENDMENT', 'APPOINTMENT', 'CLAIM', 'CONSENT', 'COVERAGE', 'DISCLOSURE']
    const items = (await Promise.all(kinds.map(kind => itemsLike(`${kind}#${practice.practice.practiceId}`)))).flat()
    const own = items.filter(item => item.patientId === patientId && !String(item.sk).startsWith('CURRENT#'))
    expect(new Set(own.map(({ pk }) => String(pk).split('#')[0]))).toEqual(new Set(kinds))
    const missing = own.flatMap(item => wordsOf(item)).filter(([, word]) => !said.includes(word))
    expect([...new Set(missing.map(([name, word]) => `${name}: ${word}`))]).toEqual([])
  })

  it("has the patient's substance-use notes, and no trace of a psychotherapy note", () => {
    const data = ofType('DocumentReference').map(({ resource }) =>
      Buffer.from((resource.content as { attachment: { data: string } }[])[0]?.attachment.data ?? '', 'base64'),
    )
    expect(data.map(String).join()).toContain('canary-substance')
    const said = `${made.files['bundle.json']}${made.files['account.json']}${data.map(String).join()}`
    expect(said).not.toMatch(/psychotherapy|psn[-_]/i)
  })

  it("has nothing of another patient's, no secret, and no tax number", () => {
    const text = Object.values(made.files).join('\n')
    for (const other of practice.patients.filter(each => each.patientId !== patientId)) {
      expect(text).not.toContain(other.patientId)
      expect(text).not.toContain(other.patientId.replace('_', '-'))
    }
    expect(text).not.toMatch(/passwordHash|argon2|tokenHash|"seed"|codeHash|publicKey|credentialId/)
    expect(text).not.toContain(practice.practice.billing.taxId)
  })

  it("leaves substance-use notes and accounts out of the practice's copy", async () => {
    const admin = await practice.as('admin')
    const { files } = await copy(practice, admin, patientId, { reason: 'Asked for in writing' })
    const text = Object.values(files).join('\n')
    expect(text).not.toMatch(/Substance-use note"|substance-use notes"|42CFRPart2/)
    expect(JSON.parse(files['account.json'] ?? '')).toEqual({ accounts: [] })
    expect(files['README.txt']?.split('\n').slice(2)).toEqual(made.files['README.txt']?.split('\n').slice(2))
  })

  it('begins anew after a worker that died, and shows nothing of a half file', async () => {
    const { body } = await order(patient, patientId)
    let notes = 0
    const dies = (_: string, input: string) =>
      input.includes('RECORDEXPORT#') && input.includes('sections') && ++notes === 5
    const answer = await withFault(dies, new Error('killed'), () => run(practice, body))
    expect(answer).toMatchObject({ batchItemFailures: [{}] })
    const left = await stored(practice, body)
    expect(left).toMatchObject({ state: 'running', sections: { done: 4 } })
    await expect(fetched(patient, body)).rejects.toThrow('409 export-not-done')
    // Nobody else gets it while the dead one might still live.
    await run(practice, body)
    expect((await stored(practice, body))?.version).toBe(left?.version)
    await plant({ ...left, leaseUntil: new Date(Date.now() - 1_000).toJSON() })
    await run(practice, body)
    const { bundle } = await fetched(patient, body)
    expect(bundle.entry.length).toBeGreaterThanOrEqual(made.bundle.entry.length)
    // The same message once more does nothing.
    await run(practice, body)
    expect(await stored(practice, body)).toMatchObject({ state: 'done', sections: { done: 12, total: 12 } })
  })

  it('gives up what five runs did not end, and another can be ordered', async () => {
    const own = await newPractice()
    const client = await own.as('patient')
    const { body } = await order(client, client.user.patientId ?? '')
    await plant({ ...(await stored(own, body)), attempts: 5 })
    await run(own, body)
    const shown = await client.call('recordexports.get', {
      params: { patientId: body.patientId, exportId: body.exportId },
    })
    expect(shown.body).toMatchObject({ state: 'failed', failure: 'given-up' })
    const again = await order(client, body.patientId)
    expect([again.status, again.body.exportId === body.exportId]).toEqual([202, false])
  })

  it('tells the patient that it was ordered and is ready, and nothing else', async () => {
    const notices = await itemsLike(`NOTICE#${practice.practice.practiceId}`)
    const kinds = notices.filter(({ userId }) => userId === patient.user.userId).map(({ kind }) => kind)
    expect(kinds).toEqual(expect.arrayContaining(['record-export-requested', 'record-export-ready']))
  })
})

/** Said in FHIR's own codes, in another form, or the practice's and not the patient's. */
const otherwise =
  /^(pk|sk|gsi\d[ps]k|practiceId|.*Id|.*By|gender|relationship|billing|taxonomy|filing|placeOfService|.*OfFile|.*OnFile|.*Benefits|.*OfInformation|.*Assignment|updatedAt|createdAt|method|language|frequency|videoModifier)$/

/** The words of an item, by the names of their fields. */
function wordsOf(value: unknown, name = ''): [name: string, word: string][] {
  if (otherwise.test(name) && name !== 'memberId') return []
  if (typeof value === 'string') return [[name, value]]
  if (Array.isArray(value)) return value.flatMap(each => wordsOf(each, name))
  if (value && typeof value === 'object') return Object.entries(value).flatMap(([key, each]) => wordsOf(each, key))
  return []
}

describe('the registry', () => {
  it('names every kind of item of the data model, once', () => {
    const names = [...Object.keys(told), ...Object.keys(untold)]
    expect(names.toSorted()).toEqual(entities.map(({ name }) => name).toSorted())
  })
})

describe('an archive', () => {
  it('is opened by unzip, where there is one', async () => {
    const own = await newPractice()
    const client = await own.as('patient')
    const made = await copy(own, client, client.user.patientId ?? '')
    const bytes = Buffer.from(await (await fetch(made.url)).arrayBuffer())
    const folder = mkdtempSync(join(tmpdir(), 'haven-zip-'))
    try {
      writeFileSync(join(folder, 'copy.zip'), bytes)
      const script = 'import zipfile,sys; z=zipfile.ZipFile(sys.argv[1]); print(z.testzip(), len(z.namelist()))'
      expect(execFileSync('python3', ['-c', script, join(folder, 'copy.zip')], { encoding: 'utf8' })).toBe('None 4\n')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
