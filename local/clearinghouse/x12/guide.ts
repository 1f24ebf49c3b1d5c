/**
 * What loops of 005010X222A1 hold, in the guide's order; `!` marks what is required. Loops that professional claims of
 * this kind do not have (ambulance, drugs, forms) are left out, and their segments are refused as unexpected.
 */
export const guide: Readonly<Record<string, string>> = {
  HEADER: 'ST! BHT!',
  '1000A': 'NM1! PER!',
  '1000B': 'NM1!',
  '2000A': 'HL! PRV CUR',
  '2010AA': 'NM1! N3! N4! REF! PER',
  '2010AB': 'NM1! N3! N4!',
  '2000B': 'HL! SBR! PAT',
  '2010BA': 'NM1! N3 N4 DMG REF PER',
  '2010BB': 'NM1! N3 N4 REF',
  '2000C': 'HL! PAT!',
  '2010CA': 'NM1! N3! N4! DMG! REF PER',
  '2300': 'CLM! DTP PWK CN1 AMT REF K3 NTE CRC HI! HCP',
  '2310A': 'NM1! REF',
  '2310B': 'NM1! PRV REF',
  '2310C': 'NM1! N3! N4! REF PER',
  '2310D': 'NM1! REF',
  '2320': 'SBR! CAS AMT OI! MOA',
  '2330A': 'NM1! N3 N4 REF',
  '2330B': 'NM1! N3 N4 DTP REF',
  '2400': 'LX! SV1! PWK DTP! QTY MEA CN1 REF AMT K3 NTE PS1 HCP',
  '2420A': 'NM1! PRV REF',
  '2430': 'SVD! CAS DTP! AMT',
  FOOTER: 'SE!',
}

/** The loop that a segment opens, by its id and the code that names it; inside a claim NM1 means someone else. */
export const openers: readonly { id: string; element: number; code: string; within: RegExp; loop: string }[] = [
  { id: 'NM1', element: 1, code: '41', within: /^HEADER$/, loop: '1000A' },
  { id: 'NM1', element: 1, code: '40', within: /^1000A$/, loop: '1000B' },
  { id: 'HL', element: 3, code: '20', within: /^(1000B|2[34])/, loop: '2000A' },
  { id: 'NM1', element: 1, code: '85', within: /^2000A$/, loop: '2010AA' },
  { id: 'NM1', element: 1, code: '87', within: /^2010AA$/, loop: '2010AB' },
  { id: 'HL', element: 3, code: '22', within: /^(2010A|2[34])/, loop: '2000B' },
  { id: 'NM1', element: 1, code: 'IL', within: /^2000B$/, loop: '2010BA' },
  { id: 'NM1', element: 1, code: 'PR', within: /^2010BA$/, loop: '2010BB' },
  { id: 'HL', element: 3, code: '23', within: /^(2010BB|2[34])/, loop: '2000C' },
  { id: 'NM1', element: 1, code: 'QC', within: /^2000C$/, loop: '2010CA' },
  { id: 'CLM', element: 0, code: 'CLM', within: /^(2010BB|2010CA|24)/, loop: '2300' },
  { id: 'NM1', element: 1, code: 'DN', within: /^23[01]/, loop: '2310A' },
  { id: 'NM1', element: 1, code: '82', within: /^23[01]/, loop: '2310B' },
  { id: 'NM1', element: 1, code: '77', within: /^23[01]/, loop: '2310C' },
  { id: 'NM1', element: 1, code: 'DQ', within: /^23[01]/, loop: '2310D' },
  { id: 'SBR', element: 0, code: 'SBR', within: /^23/, loop: '2320' },
  { id: 'NM1', element: 1, code: 'IL', within: /^2320$/, loop: '2330A' },
  { id: 'NM1', element: 1, code: 'PR', within: /^2330A$/, loop: '2330B' },
  { id: 'LX', element: 0, code: 'LX', within: /^2[34]/, loop: '2400' },
  { id: 'NM1', element: 1, code: '82', within: /^2400$/, loop: '2420A' },
  { id: 'SVD', element: 0, code: 'SVD', within: /^24/, loop: '2430' },
  { id: 'SE', element: 0, code: 'SE', within: /^24/, loop: 'FOOTER' },
]

/** Loops that must follow within the one named. */
export const children: Readonly<Record<string, readonly string[]>> = {
  HEADER: ['1000A', '1000B', '2000A'],
  '2000A': ['2010AA', '2000B'],
  '2000B': ['2010BA', '2010BB'],
  '2000C': ['2010CA', '2300'],
  '2300': ['2400'],
  '2320': ['2330A', '2330B'],
}

/** Elements that must be there, by segment id. */
export const requiredElements: Readonly<Record<string, readonly number[]>> = {
  BHT: [1, 2, 3, 4, 5, 6],
  PER: [1, 3, 4],
  HL: [1, 3, 4],
  PRV: [1, 2, 3],
  N3: [1],
  N4: [1, 2, 3],
  REF: [1, 2],
  SBR: [1],
  DMG: [1, 2, 3],
  CLM: [1, 2, 5, 6, 7, 8, 9],
  HI: [1],
  LX: [1],
  SV1: [1, 2, 3, 4, 7],
  DTP: [1, 2, 3],
}
