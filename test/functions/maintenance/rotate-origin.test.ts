import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { origin } from '../../../shared/adapters/origin.ts'
import { forgetSecret } from '../../../shared/adapters/secrets.ts'
import { readEdgeSecret } from '../../../shared/domain/edgeSecret.ts'
import { at } from '../../harness/clock.ts'
import { cloudFront } from '../../harness/cloudFront.ts'
import { itemsLike, ownPlace } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'
import { steps, turnable } from '../../harness/rotation.ts'

const viewer = '203.0.113.77'
const connection = '198.51.100.1'
const generated = 'an origin secret as the template generates it'
const hour = 3_600_000

describe('the rotation of the secret of the edge', () => {
  let secret: Awaited<ReturnType<typeof turnable>>
  let edge: Awaited<ReturnType<typeof cloudFront>>
  const { AWS_ENDPOINT_URL = '', SECRET_ORIGIN } = process.env

  beforeEach(async () => {
    edge = await cloudFront(generated)
    // The worker finds CloudFront where all of AWS is; the parts that are asked beside it are named one by one.
    process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = AWS_ENDPOINT_URL
    process.env.AWS_ENDPOINT_URL_CLOUDFRONT = edge.url
    process.env.DISTRIBUTION_ID = edge.id
    const text = JSON.stringify({ previous: '', next: '', current: generated })
    secret = await turnable('origin', 'maintenance.rotate-origin', text)
  })

  afterEach(async () => {
    await edge.stop()
    delete process.env.AWS_ENDPOINT_URL_CLOUDFRONT
    delete process.env.DISTRIBUTION_ID
    Object.assign(process.env, { SECRET_ORIGIN })
    forgetSecret('origin')
  })

  const now = async () => readEdgeSecret(await secret.value())
  /** Turns it so many hours from now: a turn right behind another is refused. */
  const turnAt = (hours: number) => at(Date.now() + hours * hour, () => secret.turn())
  const isEdge = async (shown: string) => {
    const headers = { 'x-origin-verify': shown, 'cloudfront-viewer-address': `${viewer}:46532` }
    return (await origin().clientAddress(headers, connection)) === viewer
  }

  it('makes the next one at first, and shows it only when it turns again', async () => {
    await secret.turn()
    const first = await now()
    expect(first).toMatchObject({ current: generated, previous: '' })
    expect(first.next).toHaveLength(43)
    expect(edge.shown()).toBe(generated)
    await turnAt(1)
    expect(await now()).toMatchObject({ current: first.next, previous: generated })
    expect(edge.shown()).toBe(first.next)
  })

  it('changes nothing else at the edge, known or not', async () => {
    const before = edge.config()
    await secret.turn()
    await turnAt(1)
    const { current } = await now()
    expect(edge.config()).toBe(before.replace(generated, current))
    expect(edge.changes).toHaveLength(1)
  })

  it.each([0, 150, Number.POSITIVE_INFINITY])(
    'is believed under traffic, from every edge, where functions keep it for %d ms',
    async keepMs => {
      await secret.turn()
      const refused: string[] = []
      let asked = 0
      let open = true
      let fetchedAt = performance.now()
      /** An edge that hears of a change so late. */
      const traffic = async (lagMs: number) => {
        for (let [shown, heardAt] = [edge.shown(), 0]; open; await pause(1)) {
          if (performance.now() - heardAt >= lagMs) [shown, heardAt] = [edge.shown(), performance.now()]
          if (performance.now() - fetchedAt >= keepMs) {
            forgetSecret('origin')
            fetchedAt = performance.now()
          }
          asked++
          if (!(await isEdge(shown))) refused.push(`an edge that lags ${lagMs} ms`)
        }
      }
      const running = [traffic(0), traffic(40), traffic(350)]
      for (let turn = 1; turn <= 3; turn++) {
        const { step } = await secret.begin()
        for (const each of steps) {
          if (each === 'createSecret') await at(Date.now() + turn * hour, () => step(each))
          else await step(each)
          await pause(100)
        }
      }
      open = false
      await Promise.all(running)
      expect(refused).toEqual([])
      expect(asked).toBeGreaterThan(100)
      expect(edge.changes).toHaveLength(3)
      forgetSecret('origin')
      expect(await isEdge(generated)).toBe(false)
    },
  )

  it('is refused right behind another turn: a function might not know yet what comes next', async () => {
    await secret.turn()
    const { step } = await secret.begin()
    await expect(step('createSecret')).rejects.toThrow()
    expect(edge.shown()).toBe(generated)
    // The turn is begun, and goes on when it may.
    await at(Date.now() + hour, async () => {
      for (const each of steps) await step(each)
    })
    expect(edge.shown()).toBe((await now()).current)
  })

  it.each(['refuse', 'lose the answer', 'change before'] as const)(
    'goes on after the edge was made to %s',
    async fault => {
      await secret.turn()
      const { next } = await now()
      const { step } = await at(Date.now() + hour, () => secret.begin())
      await at(Date.now() + hour, () => step('createSecret'))
      edge.faults.push(fault)
      await expect(step('setSecret')).rejects.toThrow()
      expect(await isEdge(edge.shown())).toBe(true)
      for (const each of steps.slice(1)) await step(each)
      expect([edge.shown(), (await now()).current]).toEqual([next, next])
      expect(edge.changes).toHaveLength(1)
    },
  )

  it('does not end while the edge shows something else', async () => {
    await secret.turn()
    const { current } = await now()
    const { step } = await at(Date.now() + hour, () => secret.begin())
    await at(Date.now() + hour, () => step('createSecret'))
    await expect(step('testSecret')).rejects.toThrow()
    expect((await now()).current).toBe(current)
  })

  it('turns where there is no edge', async () => {
    delete process.env.DISTRIBUTION_ID
    await secret.turn()
    await turnAt(1)
    expect((await now()).previous).toBe(generated)
    expect(edge.changes).toEqual([])
  })

  it('tells the trail of the turn, and nobody of a secret', async () => {
    await ownPlace()
    const said = await outputOf(async () => {
      await secret.turn()
      await turnAt(1)
    })
    const trail = await itemsLike('AUDIT#platform#')
    expect(trail.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['maintenance.rotate-origin', 'success'],
      ['maintenance.rotate-origin', 'success'],
    ])
    for (const each of Object.values(await now())) expect(said + JSON.stringify(trail)).not.toContain(each)
  })
})
