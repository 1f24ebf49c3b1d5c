import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import { describe, expect, it } from 'vitest'
import { secretsManager } from '../../../local/standins/secrets-manager.ts'
import { callOf, clientOf, clock, dataDir, refused } from './fixture.ts'

const token = (letter: string) => letter.repeat(32)

async function open(directory = dataDir(), now?: () => number) {
  const manager = secretsManager(directory, now)
  const client = new SecretsManagerClient(await clientOf(manager.service))
  return { manager, client }
}

describe('CreateSecret', () => {
  it('gives an ARN with six stable characters, and the value by name, full and partial ARN', async () => {
    const { client } = await open()
    const { ARN, VersionId } = await client.send(new CreateSecretCommand({ Name: 'app/token-key', SecretString: 's1' }))
    expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:app\/token-key-[A-Za-z0-9]{6}$/)
    for (const SecretId of ['app/token-key', ARN, ARN?.slice(0, -7)]) {
      const value = await client.send(new GetSecretValueCommand({ SecretId }))
      expect(value).toMatchObject({ ARN, SecretString: 's1', VersionId, VersionStages: ['AWSCURRENT'] })
      expect(value.CreatedDate).toBeInstanceOf(Date)
    }
  })

  it('keeps bytes as bytes', async () => {
    const { client } = await open()
    await client.send(new CreateSecretCommand({ Name: 'bytes', SecretBinary: Buffer.from([0, 255, 7]) }))
    const { SecretBinary } = await client.send(new GetSecretValueCommand({ SecretId: 'bytes' }))
    expect([...(SecretBinary ?? [])]).toEqual([0, 255, 7])
  })

  it('is the same on a retry with its token, and refuses another secret of the name', async () => {
    const { client } = await open()
    const first = new CreateSecretCommand({ Name: 'one', SecretString: 'a', ClientRequestToken: token('a') })
    expect((await client.send(first)).VersionId).toBe(token('a'))
    expect((await client.send(first)).VersionId).toBe(token('a'))
    await refused(client.send(new CreateSecretCommand({ Name: 'one', SecretString: 'b' })), 'ResourceExistsException')
  })

  it('refuses a bad name, a short token, two values and an oversized one', async () => {
    const { client } = await open()
    const create = (input: object) => client.send(new CreateSecretCommand({ Name: 'x', SecretString: 's', ...input }))
    expect(await refused(create({ Name: 'no spaces' }), 'ValidationException')).toContain("Value at 'name'")
    await refused(create({ ClientRequestToken: 'short' }), 'ValidationException')
    await refused(create({ SecretBinary: Buffer.from('b') }), 'InvalidParameterException')
    const message = await refused(create({ SecretString: 'x'.repeat(65_537) }), 'ValidationException')
    expect(message).toContain('less than or equal to 65536')
    expect(message).not.toContain('xxx')
    await refused(create({ SecretString: 'é'.repeat(40_000) }), 'InvalidParameterException')
  })
})

describe('PutSecretValue', () => {
  it('moves AWSCURRENT and leaves AWSPREVIOUS', async () => {
    const { client } = await open()
    await client.send(new CreateSecretCommand({ Name: 'k', SecretString: 'v1', ClientRequestToken: token('1') }))
    const put = new PutSecretValueCommand({ SecretId: 'k', SecretString: 'v2', ClientRequestToken: token('2') })
    expect(await client.send(put)).toMatchObject({ VersionId: token('2'), VersionStages: ['AWSCURRENT'] })
    expect(await client.send(put)).toMatchObject({ VersionId: token('2'), VersionStages: ['AWSCURRENT'] })
    const get = (input: object) => client.send(new GetSecretValueCommand({ SecretId: 'k', ...input }))
    expect((await get({})).SecretString).toBe('v2')
    expect((await get({ VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('v1')
    expect((await get({ VersionId: token('1') })).SecretString).toBe('v1')
    await refused(get({ VersionId: token('1'), VersionStage: 'AWSCURRENT' }), 'InvalidRequestException')
    await refused(get({ VersionStage: 'AWSPENDING' }), 'ResourceNotFoundException')
    await refused(get({ VersionId: token('9') }), 'ResourceNotFoundException')
  })

  it('refuses a token that already has another value, and a request without a value', async () => {
    const { client } = await open()
    await client.send(new CreateSecretCommand({ Name: 'k', SecretString: 'v1', ClientRequestToken: token('1') }))
    const put = (input: object) => client.send(new PutSecretValueCommand({ SecretId: 'k', ...input }))
    await refused(put({ SecretString: 'v2', ClientRequestToken: token('1') }), 'ResourceExistsException')
    await refused(put({}), 'InvalidParameterException')
    await refused(put({ SecretString: 'v', VersionStages: [] }), 'ValidationException')
    const missing = client.send(new PutSecretValueCommand({ SecretId: 'none', SecretString: 'v' }))
    await refused(missing, 'ResourceNotFoundException')
  })

  it('gives the first version AWSCURRENT, whatever was asked', async () => {
    const { client } = await open()
    await client.send(new CreateSecretCommand({ Name: 'empty' }))
    await refused(client.send(new GetSecretValueCommand({ SecretId: 'empty' })), 'ResourceNotFoundException')
    const put = new PutSecretValueCommand({ SecretId: 'empty', SecretString: 'v', VersionStages: ['AWSPENDING'] })
    expect((await client.send(put)).VersionStages?.sort()).toEqual(['AWSCURRENT', 'AWSPENDING'])
  })
})

describe('UpdateSecretVersionStage', () => {
  it('promotes a pending version only when the holder of the stage is named', async () => {
    const { client } = await open()
    await client.send(new CreateSecretCommand({ Name: 'k', SecretString: 'v1', ClientRequestToken: token('1') }))
    const pending = { SecretId: 'k', SecretString: 'v2', ClientRequestToken: token('2'), VersionStages: ['AWSPENDING'] }
    await client.send(new PutSecretValueCommand(pending))
    const update = (input: object) =>
      client.send(new UpdateSecretVersionStageCommand({ SecretId: 'k', VersionStage: 'AWSCURRENT', ...input }))
    await refused(update({ MoveToVersionId: token('2') }), 'InvalidParameterException')
    await refused(update({ RemoveFromVersionId: token('1') }), 'InvalidParameterException')
    await refused(update({ MoveToVersionId: token('9') }), 'ResourceNotFoundException')
    await update({ MoveToVersionId: token('2'), RemoveFromVersionId: token('1') })
    await update({ VersionStage: 'AWSPENDING', RemoveFromVersionId: token('2') })
    const described = await client.send(new DescribeSecretCommand({ SecretId: 'k' }))
    expect(described.VersionIdsToStages).toEqual({ [token('1')]: ['AWSPREVIOUS'], [token('2')]: ['AWSCURRENT'] })
  })
})

describe('ListSecrets', () => {
  it('pages, filters by name prefix and by tag, and hides what is being deleted', async () => {
    const { client } = await open()
    for (const Name of ['app/a', 'app/b', 'other']) {
      await client.send(new CreateSecretCommand({ Name, SecretString: 's', Tags: [{ Key: 'of', Value: Name }] }))
    }
    const list = (input: object) => client.send(new ListSecretsCommand(input))
    const names = async (input: object) => (await list(input)).SecretList?.map(secret => secret.Name)
    const first = await list({ MaxResults: 2 })
    expect(first.SecretList?.map(secret => secret.Name)).toEqual(['app/a', 'app/b'])
    expect(await names({ NextToken: first.NextToken })).toEqual(['other'])
    expect(await names({ SortOrder: 'desc', MaxResults: 1 })).toEqual(['other'])
    expect(await names({ Filters: [{ Key: 'name', Values: ['app/'] }] })).toEqual(['app/a', 'app/b'])
    expect(await names({ Filters: [{ Key: 'name', Values: ['!app/'] }] })).toEqual(['other'])
    expect(await names({ Filters: [{ Key: 'tag-value', Values: ['other'] }] })).toEqual(['other'])
    await client.send(new DeleteSecretCommand({ SecretId: 'other' }))
    expect(await names({})).toEqual(['app/a', 'app/b'])
    expect(await names({ IncludePlannedDeletion: true })).toHaveLength(3)
    await refused(list({ NextToken: 'nonsense' }), 'InvalidNextTokenException')
    await refused(list({ MaxResults: 101 }), 'ValidationException')
  })
})

describe('DeleteSecret', () => {
  it('keeps the secret for its recovery window and then drops it', async () => {
    const { now, pass } = clock()
    const { client } = await open(dataDir(), now)
    await client.send(new CreateSecretCommand({ Name: 'k', SecretString: 'v' }))
    const { DeletionDate } = await client.send(new DeleteSecretCommand({ SecretId: 'k', RecoveryWindowInDays: 7 }))
    expect(DeletionDate?.getTime()).toBe(now() + 7 * 86_400_000)
    await refused(client.send(new GetSecretValueCommand({ SecretId: 'k' })), 'InvalidRequestException')
    const again = client.send(new CreateSecretCommand({ Name: 'k', SecretString: 'v' }))
    await refused(again, 'InvalidRequestException')
    await client.send(new RestoreSecretCommand({ SecretId: 'k' }))
    expect((await client.send(new GetSecretValueCommand({ SecretId: 'k' }))).SecretString).toBe('v')
    await client.send(new DeleteSecretCommand({ SecretId: 'k', RecoveryWindowInDays: 7 }))
    pass(7 * 86_400_000)
    await refused(client.send(new DescribeSecretCommand({ SecretId: 'k' })), 'ResourceNotFoundException')
  })

  it('is at once when forced, even of nothing, and refuses a window out of range', async () => {
    const { client } = await open()
    await client.send(new CreateSecretCommand({ Name: 'k', SecretString: 'v' }))
    const remove = (input: object) => client.send(new DeleteSecretCommand({ SecretId: 'k', ...input }))
    await refused(remove({ RecoveryWindowInDays: 6 }), 'InvalidParameterException')
    await refused(remove({ RecoveryWindowInDays: 8, ForceDeleteWithoutRecovery: true }), 'InvalidParameterException')
    await remove({ ForceDeleteWithoutRecovery: true })
    await remove({ ForceDeleteWithoutRecovery: true })
    await refused(client.send(new GetSecretValueCommand({ SecretId: 'k' })), 'ResourceNotFoundException')
    await client.send(new CreateSecretCommand({ Name: 'k', SecretString: 'v' }))
  })
})

describe('GetRandomPassword', () => {
  it('has every kind of character that was not left out', async () => {
    const { client } = await open()
    const make = async (input: object) =>
      (await client.send(new GetRandomPasswordCommand(input))).RandomPassword as string
    const password = await make({})
    expect(password).toHaveLength(32)
    for (const kind of [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/]) expect(password).toMatch(kind)
    expect(await make({ PasswordLength: 64, ExcludePunctuation: true, ExcludeCharacters: '01' })).toMatch(
      /^[A-Za-z2-9]{64}$/,
    )
    await refused(make({ PasswordLength: 3 }), 'InvalidParameterException')
    await refused(make({ PasswordLength: 0 }), 'ValidationException')
  })
})

describe('RotateSecret', () => {
  const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:turner:live'
  const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret']

  /** A secret whose function makes, and in the end takes, a version as a real one does; `fails` are steps that fail so often first. */
  async function turning(fails: Record<string, number> = {}) {
    const { client, manager } = await open()
    const asked: { step: string; version: string }[] = []
    manager.rotateBy(async (arn, event) => {
      const { Step: step, SecretId, ClientRequestToken: version } = event as Record<string, string>
      expect([arn, SecretId]).toEqual([functionArn, expect.stringContaining(':secret:k-')])
      asked.push({ step: step!, version: version! })
      fails[step!] = (fails[step!] ?? 0) - 1
      if (fails[step!]! >= 0) throw new Error('not yet')
      if (step === 'createSecret') {
        const made = { SecretString: 'another', ClientRequestToken: version, VersionStages: ['AWSPENDING'] }
        await client.send(new PutSecretValueCommand({ SecretId, ...made }))
      }
      if (step === 'finishSecret') {
        const { VersionId } = await client.send(new GetSecretValueCommand({ SecretId }))
        const moved = { VersionStage: 'AWSCURRENT', MoveToVersionId: version, RemoveFromVersionId: VersionId }
        await client.send(new UpdateSecretVersionStageCommand({ SecretId, ...moved }))
      }
    })
    await client.send(new CreateSecretCommand({ Name: 'k', SecretString: 'one' }))
    const rotate = (more: object = {}) => client.send(new RotateSecretCommand({ SecretId: 'k', ...more }))
    const value = async () => (await client.send(new GetSecretValueCommand({ SecretId: 'k' }))).SecretString
    const described = () => client.send(new DescribeSecretCommand({ SecretId: 'k' }))
    return { client, asked, rotate, value, described }
  }

  it('needs a function', async () => {
    const { rotate } = await turning()
    await refused(rotate(), 'InvalidRequestException')
  })

  it('takes a function and a schedule without a turn', async () => {
    const { asked, rotate, described } = await turning()
    const RotationRules = { ScheduleExpression: 'rate(30 days)' }
    await rotate({ RotationLambdaARN: functionArn, RotationRules, RotateImmediately: false })
    expect(await described()).toMatchObject({ RotationEnabled: true, RotationLambdaARN: functionArn, RotationRules })
    expect(asked).toEqual([])
  })

  it('begins with a version that has no value, and takes its four steps with it', async () => {
    const { client, asked, rotate, value, described } = await turning({ createSecret: 1 })
    const { VersionId } = await rotate({ RotationLambdaARN: functionArn })
    expect((await described()).VersionIdsToStages?.[VersionId!]).toEqual(['AWSPENDING'])
    const empty = client.send(new GetSecretValueCommand({ SecretId: 'k', VersionId, VersionStage: 'AWSPENDING' }))
    await refused(empty, 'ResourceNotFoundException')
    await expect.poll(value, { timeout: 5_000 }).toBe('another')
    expect(asked.map(({ step }) => step)).toEqual(['createSecret', ...steps])
    expect(new Set(asked.map(({ version }) => version))).toEqual(new Set([VersionId]))
    await expect.poll(async () => (await described()).LastRotatedDate).toBeInstanceOf(Date)
  })

  it('leaves a turn that fails begun, and goes on with it when asked again', async () => {
    const { asked, rotate, value } = await turning({ testSecret: 5 })
    const first = await rotate({ RotationLambdaARN: functionArn })
    await expect.poll(() => asked.filter(({ step }) => step === 'testSecret').length, { timeout: 10_000 }).toBe(5)
    expect(await value()).toBe('one')
    expect((await rotate()).VersionId).toBe(first.VersionId)
    await expect.poll(value, { timeout: 5_000 }).toBe('another')
    expect((await rotate()).VersionId).not.toBe(first.VersionId)
  })
})

describe('ensureSecret', () => {
  it('gives a value once, and it is there after a reopening without a clean stop', async () => {
    const directory = dataDir()
    const { manager } = await open(directory)
    const arn = manager.ensureSecret('app/key', 'first')
    const { client, manager: reopened } = await open(directory)
    expect(reopened.ensureSecret('app/key', () => expect.unreachable())).toBe(arn)
    const value = await client.send(new GetSecretValueCommand({ SecretId: arn }))
    expect(value.SecretString).toBe('first')
  })

  it('restores a secret that was marked for deletion, and fills an empty one', async () => {
    const { manager, client } = await open()
    manager.ensureSecret('k', 'v')
    await client.send(new DeleteSecretCommand({ SecretId: 'k' }))
    manager.ensureSecret('k', 'other')
    expect((await client.send(new GetSecretValueCommand({ SecretId: 'k' }))).SecretString).toBe('v')
    await client.send(new CreateSecretCommand({ Name: 'empty' }))
    manager.ensureSecret('empty', () => 'made')
    expect((await client.send(new GetSecretValueCommand({ SecretId: 'empty' }))).SecretString).toBe('made')
  })
})

describe('needs', () => {
  it('asks for the action on the ARN, however the secret was named', async () => {
    const { manager } = await open()
    const arn = manager.ensureSecret('app/key', 'v')
    for (const SecretId of ['app/key', arn, arn.slice(0, -7)]) {
      const call = callOf('secretsmanager', 'secretsmanager.GetSecretValue', { SecretId, VersionStage: 'AWSCURRENT' })
      expect(manager.service.needs(call)).toEqual([
        {
          action: 'secretsmanager:GetSecretValue',
          resource: arn,
          context: { 'secretsmanager:SecretId': arn, 'secretsmanager:VersionStage': 'AWSCURRENT' },
        },
      ])
    }
    expect(manager.service.needs(callOf('secretsmanager', 'secretsmanager.GetSecretValue', {}))).toEqual([])
  })
})

describe('faults', () => {
  it('fail as planned, before or after the work, and then no more', async () => {
    const { manager, client } = await open()
    const create = new CreateSecretCommand({ Name: 'k', SecretString: 'v', ClientRequestToken: token('1') })
    manager.faults.inject({ operation: 'CreateSecret', type: 'InternalServiceError', status: 500, times: 2 })
    await refused(client.send(create), 'InternalServiceError')
    await refused(client.send(create), 'InternalServiceError')
    manager.faults.inject({ operation: 'CreateSecret', type: 'InternalServiceError', after: true })
    await refused(client.send(create), 'InternalServiceError')
    expect((await client.send(create)).VersionId).toBe(token('1'))
    const cancel = manager.faults.inject({ type: 'InternalServiceError' })
    cancel()
    expect((await client.send(new GetSecretValueCommand({ SecretId: 'k' }))).SecretString).toBe('v')
  })
})
