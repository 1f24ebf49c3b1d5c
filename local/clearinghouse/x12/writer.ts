import type { Interchange, Syntax } from './segments.ts'

/** Writes one file back to whoever sent an interchange, in the sender's own separators. */
export class Writer {
  readonly syntax: Syntax
  /** The stand-in's id: the receiver that the submission named. */
  readonly sender: string
  /** ISA13, nine digits. */
  readonly control: string
  readonly day: string
  readonly minute: string
  readonly #isa: readonly string[]

  constructor({ syntax, isa }: Interchange, controlNumber: number, now: Date) {
    this.syntax = syntax
    this.sender = isa[8]!.trim()
    this.control = String(controlNumber).padStart(9, '0')
    const digits = now.toISOString().replaceAll(/\D/g, '')
    this.day = digits.slice(0, 8)
    this.minute = digits.slice(8, 12)
    this.#isa = isa
  }

  /** A TA1 for the submission, `note` being TA105. */
  interchangeAcknowledgement(note: string): string {
    const verdict = note === '000' ? 'A' : 'R'
    const about = ['TA1', this.#isa[13]!, this.#isa[9]!, this.#isa[10]!, verdict, note]
    return this.#lines([this.#header(), about, ['IEA', '0', this.control]])
  }

  /** A file of one group and one transaction set; `rows` are the segments between ST and SE. */
  file(functionalId: string, type: string, version: string, rows: readonly string[][]): string {
    const parties = [this.sender, this.#isa[6]!.trim(), this.day, this.minute]
    const number = String(Number(this.control))
    return this.#lines([
      this.#header(),
      ['GS', functionalId, ...parties, number, 'X', version],
      ['ST', type, '0001', version],
      ...rows,
      ['SE', String(rows.length + 2), '0001'],
      ['GE', '1', number],
      ['IEA', '1', this.control],
    ])
  }

  #header(): string[] {
    const [isa, { component, repetition }] = [this.#isa, this.syntax]
    const back = [isa[7]!, isa[8]!, isa[5]!, isa[6]!, this.day.slice(2), this.minute]
    const plain = ['ISA', '00', ' '.repeat(10), '00', ' '.repeat(10)]
    return [...plain, ...back, repetition, '00501', this.control, '0', isa[15]!, component]
  }

  #lines(rows: readonly (readonly string[])[]): string {
    const { element, terminator } = this.syntax
    // A row's empty end is left out, but ISA keeps its width.
    const end = (row: readonly string[]) => row.findLastIndex(each => each !== '') + 1
    return rows.map(row => row.slice(0, end(row)).join(element) + terminator).join('')
  }
}
