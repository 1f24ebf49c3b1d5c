import { readInterchanges } from '../read.ts'

/** What a TA1 says of the interchange that was sent. */
export interface InterchangeAcknowledgement {
  /** TA101, the ISA13 that was sent. */
  interchangeNumber: number
  /**
   * `duplicate`: refused because the same number came before. The first arrival still stands, so that this says nothing
   * against its claims.
   */
  outcome: 'accepted' | 'rejected' | 'duplicate'
  /** TA104 and TA105: `TA1:R:022`. */
  code: string
}

/** The interchange acknowledgements of a text. Throws an X12ReadError when it is not X12. */
export function readTA1(text: string): InterchangeAcknowledgement[] {
  return readInterchanges(text)
    .flatMap(interchange => interchange.interchangeAcknowledgements)
    .map(segment => {
      const [verdict, note] = [segment.text(4).trim(), segment.text(5).trim()]
      const refused = note === duplicateNumber ? 'duplicate' : 'rejected'
      return {
        interchangeNumber: segment.number(1),
        outcome: verdict === 'A' || verdict === 'E' ? 'accepted' : refused,
        code: `TA1:${verdict}:${note}`,
      }
    })
}

/** TA105: duplicate interchange control number. */
const duplicateNumber = '025'
