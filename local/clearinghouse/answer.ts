/** What a route answers. */
export interface Answer {
  status: number
  headers?: Record<string, string>
  /** Text is sent as X12, anything else as JSON. */
  body?: unknown
}

/** The answer of something that went wrong. */
export const problem = (status: number, ...errors: string[]): Answer => ({ status, body: { errors } })
