import { type AwsCall, account, type Need, region } from './service.ts'

/** What a call to SQS, SNS or S3 needs of IAM. */
export function messagingNeeds(call: AwsCall): Need[] {
  if (call.service === 'sqs') return queueNeeds(call)
  return call.service === 'sns' ? topicNeeds(call) : bucketNeeds(call)
}

function queueNeeds(call: AwsCall): Need[] {
  const operation = call.headers['x-amz-target']?.split('.')[1] ?? ''
  const input = JSON.parse(call.body.toString() || '{}') as { QueueUrl?: string; QueueName?: string }
  const name = input.QueueName ?? input.QueueUrl?.split('/').at(-1) ?? '*'
  // A batch is allowed by the permission for the single message.
  const action = `sqs:${operation.replace(/^(SendMessage|DeleteMessage|ChangeMessageVisibility)Batch$/, '$1')}`
  return [{ action, resource: `arn:aws:sqs:${region}:${account}:${name}`, context: {} }]
}

function topicNeeds(call: AwsCall): Need[] {
  const form = new URLSearchParams(call.body.toString())
  const operation = form.get('Action') ?? ''
  const resource = form.get('TopicArn') ?? form.get('TargetArn') ?? form.get('ResourceArn') ?? '*'
  return [{ action: `sns:${operation.replace(/^PublishBatch$/, 'Publish')}`, resource, context: {} }]
}

function bucketNeeds(call: AwsCall): Need[] {
  const [, bucket = '', ...rest] = call.path.split('/').map(decodeURIComponent)
  const key = rest.join('/')
  const arn = `arn:aws:s3:::${bucket}`
  if (!bucket) return [{ action: 's3:ListAllMyBuckets', resource: '*', context: {} }]
  if (!key) {
    const prefix = call.query.get('prefix')
    const context: Need['context'] = prefix === null ? {} : { 's3:prefix': prefix }
    return [{ action: bucketAction(call), resource: arn, context }]
  }
  const needs: Need[] = [{ action: objectAction(call), resource: `${arn}/${key}`, context: {} }]
  const source = call.headers['x-amz-copy-source']
  if (source) {
    const from = decodeURIComponent(source).replace(/^\//, '').replace(/\?.*$/, '')
    needs.push({ action: 's3:GetObject', resource: `arn:aws:s3:::${from}`, context: {} })
  }
  return needs
}

function objectAction({ method, query }: AwsCall): string {
  const tagged = query.has('tagging') ? 'Tagging' : ''
  if (method === 'DELETE') return query.has('uploadId') ? 's3:AbortMultipartUpload' : `s3:DeleteObject${tagged}`
  return method === 'GET' || method === 'HEAD' ? `s3:GetObject${tagged}` : `s3:PutObject${tagged}`
}

function bucketAction({ method, query }: AwsCall): string {
  if (method === 'POST' && query.has('delete')) return 's3:DeleteObject'
  if (method === 'PUT') return 's3:CreateBucket'
  if (method === 'DELETE') return 's3:DeleteBucket'
  return query.has('location') ? 's3:GetBucketLocation' : 's3:ListBucket'
}
