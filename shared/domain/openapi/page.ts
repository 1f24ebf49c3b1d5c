import { type ApiDocument, type Media, type Operation, type Parameter, type Response, resolve } from './document.ts'
import { type Html, html, prose } from './html.ts'
import { schemaHtml } from './schema.ts'
import { style } from './style.ts'

export type { ApiDocument } from './document.ts'

/**
 * A document of an API as one page of HTML. It loads nothing, runs nothing and sends nothing, and says so in its own policy:
 * a reader of the API's documents tells no third party of it.
 */
export function apiPage({ info, tags = [], paths = {}, components = {} }: Partial<ApiDocument>): string {
  const title = info ? `${info.title} ${info.version}` : 'API'
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<header><h1>${title}</h1><p>${prose(info?.description ?? '')}</p>
<nav>${tags.map(({ name }) => html`<a href="#tag-${name}">${name}</a> `)}<a href="#schemas">schemas</a></nav></header>
<main>
${tags.map(
  tag => html`<section id="tag-${tag.name}"><h2>${tag.name}</h2>
${operations.filter(({ operation }) => operation.tags?.includes(tag.name)).map(one => operationHtml(one, components))}</section>
`,
)}<section id="schemas"><h2>schemas</h2>
${Object.entries(components.schemas ?? {}).map(
  ([name, schema]) =>
    html`<details id="schema-${name}"><summary><code>${name}</code></summary>${schemaHtml(schema)}</details>
`,
)}</section>
</main>
</body>
</html>
`.text
}

interface Routed {
  method: string
  path: string
  operation: Operation
}

function operationHtml({ method, path, operation }: Routed, components: Partial<ApiDocument['components']>): Html {
  const { operationId, summary, description = '', parameters = [], requestBody, responses } = operation
  const given = parameters.flatMap(parameter => resolve(parameter, components.parameters) ?? [])
  const answers = Object.entries(responses).flatMap(([status, answer]) => {
    const found = resolve(answer, components.responses)
    return found ? [{ status, ...found }] : []
  })
  const problem = (answer: Response) => 'application/problem+json' in (answer.content ?? {})
  return html`<details id="${operationId}"><summary><b class="${method.toLowerCase()}">${method}</b> <code>${path}</code> ${summary}</summary>
<p><code>${operationId}</code> · permission <code>${operation['x-permission']}</code></p>
<p>${prose(description)}</p>
${given.length > 0 && html`<h3>Parameters</h3><ul>${given.map(parameterHtml)}</ul>`}
${requestBody && html`<h3>Body</h3>${contentHtml(requestBody.content)}`}
<h3>Reply</h3>${answers.filter(answer => !problem(answer)).map(replyHtml)}
<h3>Problems</h3><ul>${answers.filter(problem).flatMap(problemsHtml)}</ul>
</details>
`
}

const parameterHtml = ({ name, in: place, required, description, schema, example }: Parameter): Html =>
  html`<li><code>${name}</code> in ${place}${!required && html` <i>optional</i>`} ${schemaHtml(schema)}${
    description && html` <small>${prose(description)}</small>`
  }${example !== undefined && html` <small>such as <code>${String(example)}</code></small>`}</li>`

const replyHtml = ({ status, description, content = {} }: Response & { status: string }): Html =>
  html`<p><b>${status}</b> ${description}</p>${contentHtml(content)}`

const contentHtml = (content: Record<string, Media>): Html[] =>
  Object.entries(content).map(
    ([type, { schema, example }]) =>
      html`<div><code>${type}</code> ${schemaHtml(schema)}</div>${
        example !== undefined && html`<pre>${JSON.stringify(example, null, 2)}</pre>`
      }`,
  )

/** One line for each code that the status may stand for, with its title. */
const problemsHtml = ({ status, content = {} }: Response & { status: string }): Html[] =>
  Object.values(content).flatMap(({ examples = {} }) =>
    Object.entries(examples).map(
      ([code, { value }]) =>
        html`<li><b>${status}</b> <code>${code}</code> ${(value as { title?: string }).title}</li>`,
    ),
  )
