import { AwsClient } from 'aws4fetch'
import { type AwsCall, region } from './service.ts'

/** The secret of every key of this machine. */
const secretAccessKey = 'local'

/** Why S3 would refuse a presigned link: it has ended, or its signature is not that of all that it says. Nothing where it holds. */
export async function linkRefusal(call: AwsCall, now: number = Date.now()): Promise<string | undefined> {
  const { query, headers, method, path } = call
  const given = query.get('X-Amz-Signature')
  if (!given) return undefined
  const datetime = query.get('X-Amz-Date') ?? ''
  const [, ...digits] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(datetime) ?? []
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = digits.map(Number)
  const ends = Date.UTC(year, month - 1, day, hour, minute, second) + Number(query.get('X-Amz-Expires')) * 1_000
  if (!(ends >= now)) return 'Request has expired'
  const url = new URL(`http://${headers.host}${path}`)
  for (const [name, value] of query) if (!/^X-Amz-(?!Expires$)/.test(name)) url.searchParams.append(name, value)
  const client = new AwsClient({
    accessKeyId: query.get('X-Amz-Credential')?.split('/')[0] ?? '',
    secretAccessKey,
    sessionToken: query.get('X-Amz-Security-Token') ?? undefined,
    service: 's3',
    region,
  })
  const signed = await client.sign(url, { method, aws: { signQuery: true, datetime } })
  return new URL(signed.url).searchParams.get('X-Amz-Signature') === given
    ? undefined
    : 'The request signature we calculated does not match the signature you provided.'
}
