import * as z from 'zod'
import document from '../../docs/openapi.json' with { type: 'json' }
import { type ApiDocument, apiPage } from '../../shared/domain/openapi/page.ts'
import { defineAction } from '../../shared/kernel/action.ts'

/** The same for every request, so it is made once. */
const page = apiPage(document as unknown as Partial<ApiDocument>)

/** Shows the document to a person: one page that asks nothing of any other place, and runs no script. */
export default defineAction({
  summary: 'Read about the API',
  route: 'GET /docs',
  allow: 'anyone',
  reply: { status: 200, schema: z.string(), type: 'text/html; charset=utf-8' },
  limit: 'none',
  timeout: 3,
  memory: 256,

  async handle() {
    return page
  },
})
