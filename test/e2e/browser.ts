import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

const executablePath = '/usr/bin/chromium'

/** What a test in a real browser needs, for its name. */
export const needs = `(needs ${executablePath})`
export const isMissing = !existsSync(executablePath)

/** A Chromium that asks nobody but the page's own origin. */
export function launch(): Promise<Browser> {
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync']
  return chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu', ...quiet] })
}

/** Asks the API from a page, as its own script would: the browser keeps the cookie and says where the request is from. */
export const askFrom = (
  page: Page,
  method: string,
  path: string,
  { body, csrf }: { body?: unknown; csrf?: string } = {},
) =>
  page.evaluate(
    async ({ method, path, body, csrf }) => {
      const response = await fetch(`/api/v1${path}`, {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(csrf && { 'x-csrf': csrf }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, body: text ? JSON.parse(text) : undefined }
    },
    { method, path, body, csrf },
  )

/** A page of the API's origin that has no policy which would keep its scripts from asking the API. */
export const plainPage = '/api/v1/health/live'
