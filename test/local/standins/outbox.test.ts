import { describe, expect, it } from 'vitest'
import { outbox } from '../../../local/standins/outbox.ts'
import { callOf, clientOf, clock, dataDir } from './fixture.ts'

const scope = (service: string) => `AWS4-HMAC-SHA256 Credential=TEST/20260105/us-east-1/${service}/aws4_request`

async function open(directory = dataDir()) {
  const time = clock()
  const stand = outbox(directory, time.now)
  const { endpoint } = await clientOf(...stand.services)
  const post = async (path: string, headers: Record<string, string>, body: object) => {
    const reply = await fetch(endpoint + path, { method: 'POST', headers, body: JSON.stringify(body) })
    const answer = (await reply.json()) as { MessageId?: string; __type?: string }
    return { status: reply.status, type: reply.headers.get('x-amzn-errortype') ?? answer.__type, ...answer }
  }
  const mail = (input: object) => post('/v2/email/outbound-emails', { authorization: scope('ses') }, input)
  const sms = (input: object) => {
    const headers = { authorization: scope('sms-voice'), 'x-amz-target': 'PinpointSMSVoiceV2.SendTextMessage' }
    return post('/', headers, input)
  }
  return { ...stand, ...time, mail, sms }
}

const letter = {
  FromEmailAddress: 'Clinic <no-reply@clinic.example>',
  Destination: { ToAddresses: ['ann@home.example'] },
  Content: { Simple: { Subject: { Data: 'Your visit' }, Body: { Text: { Data: 'at 10' } } } },
}
const note = { DestinationPhoneNumber: '+12065550100', OriginationIdentity: 'pool-1', MessageBody: 'Code 123' }

describe('SendEmail', () => {
  it('lands in the outbox, newest first, and survives a reopening', async () => {
    const directory = dataDir()
    const { mail, sms, pass, messages } = await open(directory)
    const { MessageId } = await mail(letter)
    pass(1000)
    await sms(note)
    expect(messages().map(({ channel }) => channel)).toEqual(['sms', 'email'])
    expect(messages({ to: 'ann@home.example' })).toEqual([
      {
        id: MessageId,
        channel: 'email',
        at: '2026-01-05T10:00:00.000Z',
        from: 'Clinic <no-reply@clinic.example>',
        to: ['ann@home.example'],
        subject: 'Your visit',
        text: 'at 10',
      },
    ])
    const reopened = await open(directory)
    expect(reopened.messages({ limit: 1 })).toMatchObject([{ channel: 'sms', text: 'Code 123' }])
    reopened.clear()
    expect(reopened.messages()).toEqual([])
  })

  it('takes a whole mail and reads its headers', async () => {
    const { mail, messages } = await open()
    const raw =
      'From: no-reply@clinic.example\r\nTo: a@home.example,\r\n b@home.example\r\nSubject: Hi\r\n\r\nSubject: no'
    await mail({ Content: { Raw: { Data: Buffer.from(raw).toString('base64') } } })
    expect(messages()).toMatchObject([{ to: ['a@home.example', 'b@home.example'], subject: 'Hi', raw }])
  })

  it.each<[string, object]>([
    ['no sender', { FromEmailAddress: undefined }],
    ['no recipient', { Destination: {} }],
    ['51 recipients', { Destination: { ToAddresses: Array.from({ length: 51 }, (_, at) => `a${at}@home.example`) } }],
    ['an address without a domain', { Destination: { ToAddresses: ['ann'] } }],
    ['a header in an address', { Destination: { ToAddresses: ['a@b.example\r\nBcc: c@d.example'] } }],
    ['no content', { Content: {} }],
    ['two contents', { Content: { ...letter.Content, Raw: { Data: 'eA==' } } }],
    ['no body', { Content: { Simple: { Subject: { Data: 'x' }, Body: {} } } }],
    ['no subject', { Content: { Simple: { Body: { Text: { Data: 'x' } } } } }],
  ])('400 for %s', async (_, input) => {
    const { mail, messages } = await open()
    expect(await mail({ ...letter, ...input })).toMatchObject({ status: 400, type: 'BadRequestException' })
    expect(messages()).toEqual([])
  })

  it('404 for a template', async () => {
    const { mail } = await open()
    const reply = await mail({ ...letter, Content: { Template: { TemplateName: 'welcome' } } })
    expect(reply).toMatchObject({ status: 404, type: 'NotFoundException' })
  })

  it('needs the identity of the sender and the configuration set', async () => {
    const { services } = await open()
    const body = { ...letter, ConfigurationSetName: 'main' }
    const context = {
      'ses:ApiVersion': '2',
      'ses:FromAddress': 'no-reply@clinic.example',
      'ses:FromDisplayName': 'Clinic',
      'ses:Recipients': ['ann@home.example'],
    }
    const call = callOf('ses', undefined, body, { path: '/v2/email/outbound-emails' })
    expect(services[0]?.needs(call)).toEqual([
      { action: 'ses:SendEmail', resource: 'arn:aws:ses:us-east-1:000000000000:identity/clinic.example', context },
      { action: 'ses:SendEmail', resource: 'arn:aws:ses:us-east-1:000000000000:configuration-set/main', context },
    ])
  })
})

describe('SendTextMessage', () => {
  it('lands in the outbox, unless it is a dry run', async () => {
    const { sms, messages } = await open()
    const { MessageId } = await sms({ ...note, Context: { kind: 'code' } })
    expect((await sms({ ...note, DryRun: true })).status).toBe(200)
    expect(messages()).toMatchObject([
      { id: MessageId, channel: 'sms', from: 'pool-1', to: ['+12065550100'], tags: { kind: 'code' } },
    ])
  })

  it.each<[string, object]>([
    ['a number that is none', { DestinationPhoneNumber: '555-0100' }],
    ['no text', { MessageBody: undefined }],
    ['a text of 1601', { MessageBody: 'x'.repeat(1601) }],
    ['a lifetime of four seconds', { TimeToLive: 4 }],
  ])('400 for %s', async (_, input) => {
    const { sms } = await open()
    expect(await sms({ ...note, ...input })).toMatchObject({ status: 400, type: 'ValidationException' })
  })

  it('needs what the text is sent from', async () => {
    const { services } = await open()
    const needs = (body: object) =>
      services[1]?.needs(callOf('sms-voice', 'PinpointSMSVoiceV2.SendTextMessage', { ...note, ...body }))
    const action = 'sms-voice:SendTextMessage'
    const resource = 'arn:aws:sms-voice:us-east-1:000000000000:pool/pool-1'
    expect(needs({})).toEqual([{ action, resource, context: {} }])
    expect(needs({ OriginationIdentity: '+12065550199' })).toEqual([{ action, resource: '*', context: {} }])
  })
})

describe('faults', () => {
  it('fail both services', async () => {
    const { mail, sms, faults } = await open()
    faults.inject({ operation: 'SendEmail', type: 'TooManyRequestsException', status: 429 })
    expect(await mail(letter)).toMatchObject({ status: 429, type: 'TooManyRequestsException' })
    faults.inject({ operation: 'SendTextMessage', type: 'ThrottlingException', status: 400 })
    expect(await sms(note)).toMatchObject({ status: 400, type: 'ThrottlingException' })
    expect((await mail(letter)).status).toBe(200)
  })
})
