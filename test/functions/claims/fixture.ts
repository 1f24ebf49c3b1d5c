import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll } from 'vitest'
import type { Fault } from '../../../local/clearinghouse/faults.ts'
import { startClearinghouse } from '../../../local/clearinghouse/index.ts'
import { randomText } from '../../../shared/kernel/random.ts'
import type { Claim } from '../../../shared/schema/claims.ts'
import type { SubmissionMessage } from '../../../shared/schema/submissions.ts'
import { type Client, itemsAt, place, sqsEvent, type TestPractice, work } from '../../harness/index.ts'
import { ago, book } from '../appointments/fixture.ts'

/** The day of the visits that are billed. */
export const serviceDate = ago(2 * 24 * 60).slice(0, 10)

/** A 53-minute session by video that the first patient's payer takes. */
export const content = {
  placeOfService: '10',
  diagnoses: ['F41.1'],
  lines: [
    {
      date: serviceDate,
      procedure: '90837',
      modifiers: ['95'],
      charge: 17_500,
      units: 1,
      minutes: 55,
      diagnosisPointers: [1],
    },
  ],
  signatureOnFile: true,
  assignsBenefits: 'Y',
  releaseOfInformation: 'Y',
  acceptsAssignment: 'A',
}

/** The second patient's payer wants another modifier for video. */
export const contentOf = (patient: number) =>
  patient === 1 ? { ...content, lines: content.lines.map(line => ({ ...line, modifiers: ['GT'] })) } : content

let visits = 0

/** A visit of a patient that took place: each at a time of its own. */
export async function visit(practice: TestPractice, client: Client, patient = 0) {
  visits++
  const { patientId } = practice.patients[patient] ?? {}
  const booked = await book(client, practice, ago(2 * 24 * 60 - visits * 5), 5, { patientId })
  const params = { appointmentId: booked.appointmentId }
  const { body } = await client.call('appointments.complete', { params })
  return body
}

/** What `claims.create` is told. */
export async function draftBody(practice: TestPractice, client: Client, patient = 0) {
  const { appointmentId } = await visit(practice, client, patient)
  const { patientId, coverage } = practice.patients[patient] ?? {}
  return {
    appointmentId,
    patientId,
    coverageId: coverage?.coverageId,
    renderingPractitionerId: practice.practitioners[0]?.practitionerId,
    content: contentOf(patient),
  }
}

/** A draft of a claim for a patient. */
export async function draft(practice: TestPractice, admin: Client, patient = 0): Promise<Claim> {
  const answer = await admin.call('claims.create', { body: await draftBody(practice, admin, patient) })
  if (answer.status !== 201) throw new Error(`not drafted: ${answer.status} ${answer.body.code}`)
  return answer.body
}

/** A claim that was submitted, and the message that calls for its transmission. */
export async function submitted(practice: TestPractice, admin: Client, patient = 0) {
  const claim = await draft(practice, admin, patient)
  return { claim, message: await submit(practice, admin, claim) }
}

export async function submit(practice: TestPractice, admin: Client, claim: Claim): Promise<SubmissionMessage> {
  const answer = await admin.call('claims.submit', { params: { claimId: claim.claimId } })
  if (answer.status !== 202) throw new Error(`not submitted: ${answer.status} ${JSON.stringify(answer.body)}`)
  return { practiceId: practice.practice.practiceId, claimId: claim.claimId, submission: claim.version + 1 }
}

/** The claim as the table has it. */
export async function claimNow({ practiceId, claimId }: Pick<Claim, 'practiceId' | 'claimId'>) {
  const [item] = await itemsAt(`CLAIM#${practiceId}#${claimId}`)
  return item as unknown as Claim
}

/** What waits in the outbox of a claim. */
export const outboxOf = ({ practiceId, claimId }: Pick<Claim, 'practiceId' | 'claimId'>) =>
  itemsAt(`OUTBOX#${practiceId}#${claimId}`)

/** Hands messages to the sender; answers how many must come again. */
export async function transmit(...messages: object[]): Promise<number> {
  const { batchItemFailures } = await work('claims.transmit', sqsEvent(...messages))
  return batchItemFailures.length
}

/** A scheduled run, as EventBridge calls for it. */
export const scheduled = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }

export const collect = () => work('claims.collect', scheduled)

/**
 * A clearinghouse of this test file alone, in place of the one that all share: faults and unknown payers strike nobody else.
 * `restart` stands it up anew at the same address; with `forgetful` it has never heard of us.
 */
export async function ownClearinghouse(payers?: readonly string[]) {
  const dataDir = mkdtempSync(join(tmpdir(), 'haven-test-clearinghouse-'))
  const start = (port: number, folder: string, known: readonly string[] | undefined) =>
    startClearinghouse({ port, dataDir: join(dataDir, folder), apiKey: 'own-key', ...(known && { payers: known }) })
  let running = await start(0, 'first', payers)
  let standing = true
  const stop = async () => {
    if (standing) await running.stop()
    standing = false
    // Connections that were kept open are seen to be closed.
    await pause(50)
  }
  const { url } = running
  const port = Number(new URL(url).port)
  process.env.SECRET_CLEARINGHOUSE = await createSecret(url)
  afterAll(async () => {
    await stop()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const ask = async (path: string) =>
    (await (await fetch(`${url}${path}`, { headers: { authorization: 'Key own-key' } })).json()) as {
      items: { kind: string; fileId: string }[]
    }

  return {
    arm: async (fault: Fault) => {
      const answer = await fetch(`${url}/_faults`, { method: 'POST', body: JSON.stringify(fault) })
      if (!answer.ok) throw new Error(await answer.text())
    },
    /** Faults that nothing has met yet. */
    armed: () => running.faults.list(),
    disarm: () => running.faults.clear(),
    /** How many interchanges of a number have arrived. */
    arrivals: async (interchangeNumber: number) => {
      const number = String(interchangeNumber).padStart(9, '0')
      return (await ask(`/v1/submissions?controlNumber=${number}`)).items.length
    },
    waiting: async () => (await ask('/v1/inbound?limit=999')).items,
    /** Sends an interchange past all code of ours. */
    send: async (key: string, bytes: string) => {
      const headers = { authorization: 'Key own-key', 'idempotency-key': key }
      return (await fetch(`${url}/v1/submissions`, { method: 'POST', headers, body: bytes })).status
    },
    stop,
    restart: async ({ forgetful = false, known = payers }: { forgetful?: boolean; known?: readonly string[] } = {}) => {
      await stop()
      running = await start(port, forgetful ? 'second' : 'first', known)
      standing = true
    },
  }
}

async function createSecret(url: string): Promise<string> {
  const secrets = new SecretsManagerClient({ region: 'us-east-1' })
  const { ARN = '' } = await secrets.send(
    new CreateSecretCommand({
      Name: `test/${randomText(12)}`,
      SecretString: JSON.stringify({
        url,
        apiKey: 'own-key',
        submitterId: 'OWNSUB',
        submitterName: 'OWN PRACTICE',
        contactName: 'BILLING OFFICE',
        phone: '5035550100',
        receiverId: 'OWNCLEAR',
        receiverName: 'OWN CLEARINGHOUSE',
        usage: 'T',
      }),
    }),
  )
  secrets.destroy()
  return ARN
}

/** A queue of this test file alone, in place of the one that all share. `take` empties it. */
export async function ownQueue() {
  const sqs = new SQSClient({ endpoint: place.environment.AWS_ENDPOINT_URL, region: 'us-east-1' })
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `test-${randomText(12)}` }))
  process.env.QUEUE_CLAIMS = QueueUrl
  afterAll(() => sqs.destroy())
  return {
    async take(): Promise<SubmissionMessage[]> {
      const taken: SubmissionMessage[] = []
      for (;;) {
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
        if (Messages.length === 0) return taken
        taken.push(...Messages.map(({ Body = '' }) => JSON.parse(Body) as SubmissionMessage))
        const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }))
        await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
      }
    },
  }
}
