import { generateSync } from 'otplib'
import type { IdKinds } from '../shared/schema/ids.ts'

/** Where the running local cloud is, and what its functions are told. */
interface Place {
  awsUrl: string
  tableName: string | undefined
  environment: Record<string, string>
}

/** Signs in to the demo practice. The same for all: these are not secrets, and this practice is nowhere but here. */
export const demo = {
  slug: 'harbor',
  password: 'quiet-harbor-morning',
  totpSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
} as const

/**
 * Plants the demo practice, once. This is the one program of the local run that knows the store: it stands for what an
 * operator does for a new practice.
 */
export async function seed({ awsUrl, tableName, environment }: Place) {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: awsUrl,
    AWS_ENDPOINT_URL_DYNAMODB: awsUrl,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'OPERATOR',
    AWS_SECRET_ACCESS_KEY: 'local',
    ...environment,
    TABLE_NAME: tableName,
  })
  const { practices } = await import('../shared/store/practices.ts')
  const practiceId = fixedId('prc', demo.slug)
  const signal = AbortSignal.timeout(60_000)
  const now = new Date().toJSON()
  const binding = { actor: { type: 'system', id: 'seed', practiceId } as const, practiceId, now, signal }
  const planted = await practices(binding).find()
  if (!planted) {
    const [{ plantPractice }, { passwords }, { seeds }] = await Promise.all([
      import('./seed/plant.ts'),
      import('../shared/adapters/passwords.ts'),
      import('../shared/adapters/seeds.ts'),
    ])
    await plantPractice({
      slug: demo.slug,
      now,
      newId: fixedId,
      passwordHash: await passwords().hash(demo.password),
      sealedSeed: userId => seeds(binding).seal(userId, demo.totpSecret),
    })
  }
  const roles = ['admin', 'practitioner', 'biller', 'front-desk', 'supervisor', 'auditor', 'patient']
  const credentials: [name: string, value: string][] = [
    ['practice', demo.slug],
    ['e-mail', roles.map(role => `${role}@${demo.slug}.example`).join('  ')],
    ['password', demo.password],
    ['authenticator', `${demo.totpSecret}  (code now: ${generateSync({ secret: demo.totpSecret })})`],
  ]
  return { credentials }
}

/** The same ids at every first start, so that examples in documents work. */
export function fixedId<Kind extends keyof IdKinds>(kind: Kind, label: string): IdKinds[Kind] {
  const letters = label
    .toUpperCase()
    .replace(/[ILOU]/g, 'X')
    .replace(/[^0-9A-Z]/g, '')
  return `${kind}_0${letters.slice(0, 19).padEnd(19, '0')}` as IdKinds[Kind]
}
