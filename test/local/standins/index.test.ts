import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { describe, expect, it } from 'vitest'
import { serve, standins } from '../../../local/standins/index.ts'
import { atEnd, clientOf, dataDir, refused } from './fixture.ts'

describe('standins', () => {
  it('serve all their services on one port, each by its name in the SigV4 scope', async () => {
    const all = standins(dataDir())
    atEnd(all.stop)
    expect(all.services.flatMap(({ names }) => names)).toEqual(['secretsmanager', 'kms', 'chime', 'ses', 'sms-voice'])
    const { endpoint, stop } = await serve(all.services)
    const call = async (service: string, headers: object = {}) => {
      const authorization = `AWS4-HMAC-SHA256 Credential=TEST/20260105/us-east-1/${service}/aws4_request, SignedHeaders=host`
      const reply = await fetch(endpoint, { method: 'POST', headers: { authorization, ...headers }, body: '{}' })
      return { status: reply.status, body: await reply.text() }
    }
    expect(await call('kms', { 'x-amz-target': 'TrentService.DescribeKey' })).toMatchObject({
      status: 400,
      body: expect.stringContaining('ValidationException'),
    })
    expect(await call('kms', { 'x-amz-target': 'TrentService.toString' })).toMatchObject({ status: 404 })
    expect((await call('chime')).body).toContain('UnknownOperation')
    expect((await call('s3')).body).toContain('UnknownService')
    const presigned = await fetch(`${endpoint}/?X-Amz-Credential=TEST/20260105/us-east-1/kms/aws4_request`)
    expect(presigned.status).toBe(404)
    await stop()
    await expect(fetch(endpoint)).rejects.toThrow()
  })

  it('400 for a body that is no JSON object, and for a member of the wrong type', async () => {
    const all = standins(dataDir())
    const { endpoint } = await clientOf(...all.services)
    const authorization = 'AWS4-HMAC-SHA256 Credential=TEST/20260105/us-east-1/kms/aws4_request'
    const headers = { authorization, 'x-amz-target': 'TrentService.DescribeKey' }
    for (const body of ['{', '[]', '1', '{"KeyId":1}']) {
      const reply = await fetch(endpoint, { method: 'POST', headers, body })
      expect(reply.status).toBe(400)
      expect(await reply.json()).toMatchObject({ __type: 'SerializationException' })
    }
  })

  it('lose nothing that they acknowledged when they are killed', async () => {
    const directory = dataDir()
    const program = join(import.meta.dirname, 'writer.ts')
    const child = spawn(process.execPath, [program, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
    atEnd(() => child.kill('SIGKILL'))
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const credentials = { accessKeyId: 'TEST', secretAccessKey: 'test' }
    const options = { endpoint: line.toString().trim(), region: 'us-east-1', credentials, maxAttempts: 1 }
    const client = new SecretsManagerClient(options)
    const acknowledged: string[] = []
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let index = 0; ; index++) {
        const Name = `w${writer}/${index}`
        await client.send(new CreateSecretCommand({ Name, SecretString: Name }))
        if (acknowledged.push(Name) === 100) child.kill('SIGKILL')
      }
    })
    await Promise.allSettled(writers)
    expect(acknowledged.length).toBeGreaterThanOrEqual(100)
    const all = standins(directory)
    const reader = new SecretsManagerClient(await clientOf(...all.services))
    for (const SecretId of acknowledged) {
      const { SecretString } = await reader.send(new GetSecretValueCommand({ SecretId }))
      expect(SecretString).toBe(SecretId)
    }
    await refused(reader.send(new GetSecretValueCommand({ SecretId: 'w0/none' })), 'ResourceNotFoundException')
  }, 30_000)

  it('take a throttle and a media server for Chime', async () => {
    const all = standins(dataDir(), { chime: { throttle: false, signalling: () => 'ws://127.0.0.1:4100' } })
    atEnd(all.stop)
    expect(all.chime.meetings()).toEqual([])
    expect(all.kms.ensureKey('Data')).toMatch(/^arn:aws:kms:us-east-1:000000000000:key\/[0-9a-f-]{36}$/)
    expect(all.secrets.ensureSecret('k', 'v')).toContain(':secret:k-')
    expect(all.outbox.messages()).toEqual([])
  })
})
