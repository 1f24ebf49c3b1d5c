/** Text that is HTML already. Everything else is escaped where it is put into HTML, so nothing has to be remembered. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Piece = Html | string | number | false | undefined | readonly Piece[]

/** HTML from a template: what stands in its holes is escaped unless it is HTML; a list is joined; nothing is nothing. */
export const html = (parts: TemplateStringsArray, ...pieces: Piece[]): Html =>
  new Html(parts.map((part, index) => part + written(pieces[index])).join(''))

/** A description's text: paragraphs as they are, and what stands between backticks as code. */
export const prose = (text: string): Html =>
  html`${text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`

function written(piece: Piece): string {
  if (piece === undefined || piece === false) return ''
  if (piece instanceof Html) return piece.text
  if (typeof piece === 'object') return piece.map(written).join('')
  return String(piece).replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`)
}
