import { setTimeout as pause } from 'node:timers/promises'

/** A question to a deployed system. Answers what is wrong, in sentences; nothing where all is well. */
export interface Check {
  what: string
  check: () => Promise<string[]>
}

/** A person waits so long for no page. */
const patienceMs = 10_000

interface Answer {
  status: number
  headers: Headers
  text: string
  /** What of an answer in JSON is looked into. */
  body: { code?: string; errors?: { path: string }[]; openapi?: string }
}

/**
 * What is asked of every deployment: that it lives, that it tells nobody anything, and that it says so in the right way. What a new
 * deployment makes by a schedule may take so long.
 */
export function checks(base: string, waitMs = 6 * 60_000): Check[] {
  const ask = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(`${base}${path}`, {
      redirect: 'manual',
      ...init,
      signal: AbortSignal.timeout(patienceMs),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} }
  }
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    ask(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
  const api = (path: string) => `/api/v1${path}`
  const told = (what: string, answer: Answer, status: number, code?: string) => [
    ...(answer.status === status ? [] : [`${what} answered ${answer.status}, not ${status}`]),
    ...(code === undefined || answer.body.code === code ? [] : [`${what} says ${answer.body.code}, not ${code}`]),
  ]

  return [
    {
      what: 'it lives, and can reach what it needs',
      check: async () => [
        ...told('/health', await ask(api('/health')), 200),
        ...told('/health/live', await ask(api('/health/live')), 200),
        ...told('/health/ready', await ask(api('/health/ready')), 200),
      ],
    },
    {
      what: 'it says TLS alone, no guessing, and nothing to keep',
      check: async () => {
        const { headers } = await ask(api('/health'))
        const must: [string, RegExp][] = [
          ['strict-transport-security', /max-age=(3153[6-9]\d{3}|[4-9]\d{7,}|\d{9,}).*includeSubDomains/],
          ['x-content-type-options', /^nosniff$/],
          ['cache-control', /no-store/],
          ['x-request-id', /^\S{8,}$/],
        ]
        return must.flatMap(([name, form]) =>
          form.test(headers.get(name) ?? '') ? [] : [`the header ${name} is ${headers.get(name) ?? 'missing'}`],
        )
      },
    },
    {
      what: 'nobody without a session gets anything of a patient',
      check: async () => {
        const paths = ['/patients', '/appointments', '/claims', '/audit-events', '/sessions/current']
        const answers = await Promise.all(paths.map(path => ask(api(path))))
        return answers.flatMap((answer, index) => told(paths[index] ?? '', answer, 401))
      },
    },
    {
      what: 'a session that was made up is none',
      check: async () => {
        const cookie = `__Host-sid=prc_${'0'.repeat(20)}.usr_${'0'.repeat(20)}.${'A'.repeat(43)}`
        return told('/sessions/current', await ask(api('/sessions/current'), { headers: { cookie } }), 401)
      },
    },
    {
      what: 'a wrong request is told which field is wrong, and gets its own words not back',
      check: async () => {
        const answer = await ask(api('/federation/providers?practice=Smoke%20Test!'))
        const paths = (answer.body.errors ?? []).map(({ path }) => path)
        return [
          ...told('the list of providers', answer, 400, 'validation-failed'),
          ...(paths.includes('query.practice') ? [] : [`the fields named are ${paths.join() || 'none'}`]),
          ...(answer.text.includes('Smoke') ? ['the answer repeats what was sent'] : []),
        ]
      },
    },
    {
      what: 'the sign-in answers, or asks who hides to show a browser first',
      check: async () => {
        const answer = await post(api('/auth/login'), '{}')
        // Programs run at addresses of hosting, which the firewall challenges where somebody shows a credential.
        if (answer.headers.get('x-amzn-waf-action') === 'challenge') return told('the challenge', answer, 202)
        return told('the sign-in', answer, 400, 'validation-failed')
      },
    },
    {
      what: 'a page of another site can change nothing',
      check: async () => {
        const { status } = await post(api('/auth/logout'), '{}', { 'sec-fetch-site': 'cross-site' })
        return status === 401 || status === 403 ? [] : [`a foreign page was answered ${status}`]
      },
    },
    {
      what: 'what is not there is not there',
      check: async () => {
        const { status } = await ask(api('/no-such-thing'))
        return status === 404 ? [] : [`/no-such-thing answered ${status}, not 404`]
      },
    },
    {
      what: 'its document and its public keys can be read',
      check: async () => {
        const [document, keys] = await Promise.all([
          ask(api('/openapi.json')),
          whenReady(() => ask(api('/oauth/jwks')), waitMs),
        ])
        return [
          ...told('/openapi.json', document, 200),
          ...(String(document.body.openapi).startsWith('3.1') ? [] : ['the document is no OpenAPI 3.1']),
          ...told('/oauth/jwks', keys, 200),
          ...(keys.text.match(/"(d|p|q|k)":/) ? ['the keys have a private part'] : []),
        ]
      },
    },
    ...(base.startsWith('https://') ? [overTls(base)] : []),
  ]
}

/** The keys of a new stage are made by a schedule: until then the answer is 503, for some minutes at most. */
async function whenReady(ask: () => Promise<Answer>, waitMs: number): Promise<Answer> {
  const until = Date.now() + waitMs
  for (;;) {
    const answer = await ask()
    if (answer.status !== 503 || Date.now() > until) return answer
    await pause(10_000)
  }
}

/** Only where there is an edge. */
const overTls = (base: string): Check => ({
  what: 'plain HTTP leads to TLS',
  check: async () => {
    const plain = base.replace('https://', 'http://')
    const { status, headers } = await fetch(plain, { redirect: 'manual', signal: AbortSignal.timeout(patienceMs) })
    const to = headers.get('location') ?? ''
    return status >= 301 && status <= 308 && to.startsWith('https://') ? [] : [`${plain} answered ${status} ${to}`]
  },
})
