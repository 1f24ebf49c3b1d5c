import * as z from 'zod'
import document from '../../docs/openapi.json' with { type: 'json' }
import { defineAction } from '../../shared/kernel/action.ts'

/** Serves the document from which clients are generated: the one that was built with this very function. */
export default defineAction({
  summary: 'Get the OpenAPI document',
  route: 'GET /openapi.json',
  allow: 'anyone',
  reply: { status: 200, schema: z.record(z.string(), z.unknown()) },
  limit: 'none',
  timeout: 3,
  memory: 256,

  async handle() {
    return document
  },
})
