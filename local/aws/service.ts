/** One signed call of an AWS SDK, as the local endpoint received it. `service` is the name in its SigV4 scope. */
export interface AwsCall {
  service: string
  method: string
  path: string
  query: URLSearchParams
  headers: Record<string, string>
  body: Buffer
}

/** What the service answers on the wire. */
export interface AwsReply {
  status: number
  headers: Record<string, string>
  body: string | Buffer
}

/** A permission that a call needs: an IAM action on a resource, with the condition keys that the service would supply. */
export interface Need {
  action: string
  resource: string
  context: Record<string, string | string[]>
}

/** A service of AWS, or its stand-in. It says what a call needs before it is let through, and then answers it. */
export interface AwsService {
  /** SigV4 service names that it answers for, such as `kms`. */
  readonly names: readonly string[]
  needs(call: AwsCall): Need[]
  answer(call: AwsCall): Promise<AwsReply>
  stop?(): Promise<void> | void
}

/** The account and region that every local ARN carries. */
export const account = '000000000000'
export const region = 'us-east-1'
