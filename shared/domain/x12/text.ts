/** The separators that are written: the usual four, which every receiver knows. */
export const written = { element: '*', component: ':', repetition: '^', terminator: '~' } as const

/**
 * Text as X12's upper-case set spells it: accents folded (`Åsa Müller` is `ASA MULLER`), typographic quotes and dashes
 * made plain. What has no plain spelling is left as it is, for `unwritable` to find: nothing is dropped.
 */
export function fold(text: string): string {
  if (plain.test(text)) return text.toUpperCase()
  // Upper case first: a few letters, such as the long s, show their mark only then.
  return [...text.toUpperCase().normalize('NFD')]
    .map(character => spellings[character] ?? character)
    .join('')
    .replace(/([A-Za-z])[\u0300-\u036f]+/g, '$1')
    .toUpperCase()
}

/**
 * The first character of folded text that an element cannot hold, or undefined. Those allowed are the basic and extended
 * sets of 005010 (Appendix B.1.1.2.4) without the separators, which would end the element early.
 */
export function unwritable(text: string): string | undefined {
  return unwritableCharacter.exec(text)?.[0]
}

const plain = /^[ -~]*$/
const unwritableCharacter = /[^A-Z0-9 !"&'()+,\-./;?=%@[\]_{}\\|<>#$]/u

/** Letters that Unicode does not take apart into a letter and a mark, and the marks that word processors put in. */
const spellings: Readonly<Record<string, string>> = {
  Æ: 'AE',
  æ: 'AE',
  Œ: 'OE',
  œ: 'OE',
  Ø: 'O',
  ø: 'O',
  Đ: 'D',
  đ: 'D',
  Ð: 'D',
  ð: 'D',
  Ł: 'L',
  ł: 'L',
  Þ: 'TH',
  þ: 'TH',
  ẞ: 'SS',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '‐': '-',
  '‑': '-',
  '–': '-',
  '—': '-',
}
