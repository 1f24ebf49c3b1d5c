/**
 * An error that a service answers on purpose. `type` is its short name, as SDKs give it; `members` are further fields
 * of its body. Everything else that is thrown is a fault of the stand-in and becomes a 500.
 */
export class Refusal extends Error {
  readonly type: string
  readonly status: number
  readonly members: Record<string, unknown>

  constructor(type: string, message: string, status = 400, members: Record<string, unknown> = {}) {
    super(message)
    this.name = type
    this.type = type
    this.status = status
    this.members = members
  }
}
