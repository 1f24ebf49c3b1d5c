import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { fixedId } from '../../local/seed.ts'
import { type Client, dataFolder, Stack } from './stack.ts'

const rounds = 10
const writers = 20
/** Each may have five sessions at a time, and make 240 changes a minute. */
const roles = ['front-desk', 'admin', 'supervisor', 'practitioner'] as const
const { data, remove } = dataFolder()
let stack: Stack | undefined

afterAll(async () => {
  await stack?.kill()
  remove()
})

const details = (family: string) => ({
  name: { family, given: 'Test' },
  birthDate: '1990-01-01',
  gender: 'U',
  address: { line1: '1 Test Street', city: 'Portland', state: 'OR', postalCode: '97201' },
})

/** Registers and books as fast as it is answered, and notes only what was acknowledged, until the stack is gone. */
async function write(client: Client, writer: number, acknowledged: Set<string>): Promise<void> {
  const practitionerId = fixedId('prn', `practitioner${writer % 2}`)
  const day = String(1 + (writer % 28)).padStart(2, '0')
  for (let count = 0; ; count++) {
    try {
      const patient = await client.send('POST', '/patients', details(`Writer${writer}`))
      if (patient.status !== 201) throw new Error(`answered ${patient.status}`)
      acknowledged.add(`PATIENT ${patient.body.patientId} 1`)
      const minute = 5 * ((writer * 7 + count) % 12)
      const start = `20${31 + (count % 40)}-0${1 + (writer % 9)}-${day}T${String(8 + (count % 10)).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
      const order = { patientId: patient.body.patientId, practitionerId, start, minutes: 15, modality: 'in-person' }
      const booked = await client.send('POST', '/appointments', order)
      if (booked.status === 409) continue
      if (booked.status !== 201) throw new Error(`answered ${booked.status}`)
      acknowledged.add(`APPOINTMENT ${booked.body.appointmentId} 1`)
      const cancelled = await client.send('POST', `/appointments/${booked.body.appointmentId}/cancellation`)
      if (cancelled.status === 200) acknowledged.add(`APPOINTMENT ${booked.body.appointmentId} 2`)
    } catch (error) {
      // A limited writer pauses; one whose stack is gone ends.
      if (!(error instanceof Error) || !error.message.startsWith('answered')) return
      await pause(50)
    }
  }
}

describe('kill -9 of the whole system', () => {
  it(`loses nothing that was acknowledged, and leaves no change without its audit record, ${rounds} times`, async () => {
    const acknowledged = new Set<string>()
    let clients: Client[] = []
    for (let round = 0; round < rounds; round++) {
      stack = await Stack.start(data)
      const { url } = stack
      if (clients.length === 0)
        clients = await Promise.all(
          Array.from({ length: writers }, (_, writer) => stack!.client(roles[writer % roles.length]!)),
        )
      const before = acknowledged.size
      const writing = clients.map((client, writer) => write(client.at(url), writer + round * writers, acknowledged))
      // In the midst of it, however fast this machine is today.
      const deadline = Date.now() + 60_000
      while (acknowledged.size < before + 80 && Date.now() < deadline) await pause(20)
      await stack.kill()
      await Promise.all(writing)
      expect(acknowledged.size, 'the round wrote something').toBeGreaterThan(before)
    }

    stack = await Stack.start(data)
    const [patients, appointments, trail, cells] = await Promise.all(
      ['PATIENT#', 'APPOINTMENT#', 'AUDIT#', 'CELL#'].map(prefix => stack!.items(prefix)),
    )
    const versions = new Map<string, number>()
    for (const { patientId, version } of patients ?? []) versions.set(`PATIENT ${patientId}`, Number(version))
    for (const { appointmentId, version } of appointments ?? [])
      versions.set(`APPOINTMENT ${appointmentId}`, Number(version))

    const lost = [...acknowledged].filter(entry => {
      const [kind, id, version] = entry.split(' ')
      return (versions.get(`${kind} ${id}`) ?? 0) < Number(version)
    })
    expect(lost).toEqual([])

    const audited = new Set(
      (trail ?? [])
        .filter(({ outcome, version }) => outcome === 'success' && version !== undefined)
        .map(({ entity, version }) => {
          const { type, id } = entity as { type: string; id: string }
          return `${type.toUpperCase()} ${id} ${version}`
        }),
    )
    const unaudited = [...versions].flatMap(([key, version]) =>
      Array.from({ length: version }, (_, index) => `${key} ${index + 1}`).filter(change => {
        // What the seed planted together is audited under the first of it.
        return !audited.has(change) && !/_0PATXENT/.test(change)
      }),
    )
    expect(unaudited).toEqual([])

    // A booking is whole or not at all: every cell that is taken belongs to an appointment that is booked.
    const booked = new Set(
      (appointments ?? []).filter(({ status }) => status === 'booked').map(({ appointmentId }) => appointmentId),
    )
    expect((cells ?? []).filter(({ appointmentId }) => !booked.has(appointmentId))).toEqual([])
    expect(cells?.length).toBe(booked.size * 3)
  }, 600_000)
})

describe('a claim that was submitted when the system was killed', () => {
  it('is transmitted once by the next start', async () => {
    stack ??= await Stack.start(data)
    const { url } = stack
    const [practitioner, biller] = await Promise.all([stack.client('practitioner'), stack.client('biller')])
    const patientId = fixedId('pat', 'patient0')
    const practitionerId = fixedId('prn', 'practitioner0')
    const yesterday = new Date(Date.now() - 36 * 3_600_000).toJSON().slice(0, 10)
    const order = { patientId, practitionerId, start: `${yesterday}T12:00`, minutes: 60, modality: 'telehealth' }
    const { body: appointment } = await practitioner.at(url).send('POST', '/appointments', order)
    await practitioner.send('POST', `/appointments/${appointment.appointmentId}/completion`)
    const { body: claim } = await biller.send('POST', '/claims', {
      appointmentId: appointment.appointmentId,
      patientId,
      coverageId: fixedId('cov', 'coverage0'),
      renderingPractitionerId: practitionerId,
      content: {
        placeOfService: '10',
        diagnoses: ['F41.1'],
        lines: [
          {
            date: yesterday,
            procedure: '90837',
            modifiers: ['95'],
            charge: 16_500,
            units: 1,
            minutes: 55,
            diagnosisPointers: [1],
          },
        ],
        signatureOnFile: true,
        assignsBenefits: 'Y',
        releaseOfInformation: 'Y',
        acceptsAssignment: 'A',
      },
    })
    const submitted = await biller.send('POST', `/claims/${claim.claimId}/submission`)
    expect(submitted.status).toBe(202)
    await stack.kill()

    stack = await Stack.start(data)
    const again = biller.at(stack.url)
    const { name: collector } = (
      (await (await fetch(`${stack.url}/_local/functions`)).json()) as { name: string }[]
    ).find(({ name }) => name.endsWith('claims-collect')) ?? { name: '' }
    const deadline = Date.now() + 150_000
    let state = ''
    while (state !== 'accepted' && Date.now() < deadline) {
      await pause(1_000)
      await fetch(`${stack.url}/_local/functions/${collector}/invocations`, { method: 'POST', body: '{}' })
      state = (await again.send('GET', `/claims/${claim.claimId}`)).body.transmission
    }
    expect(state).toBe('accepted')
    const sent = (await stack.items('INTERCHANGE#')).filter(({ claimId }) => claimId === claim.claimId)
    expect(sent).toHaveLength(1)
    expect(await stack.items('OUTBOX#')).toEqual([])
  }, 240_000)
})
