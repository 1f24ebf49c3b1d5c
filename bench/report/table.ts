/** One line of a table: the columns are its keys, in their order. */
export type Row = Record<string, string | number>

/**
 * A table in Markdown whose columns are aligned, so that it is read in a terminal and pasted into a document as it is. Text
 * stands left, numbers stand right; a row may lack columns.
 */
export function markdownTable(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap(row => Object.keys(row)))]
  const isNumber = (column: string) => rows.every(row => typeof (row[column] ?? 0) === 'number')
  const text = (row: Row, column: string) => shown(row[column])
  const width = (column: string) => Math.max(3, column.length, ...rows.map(row => text(row, column).length))
  const line = (cell: (column: string) => string) => `| ${columns.map(cell).join(' | ')} |\n`
  const pad = (value: string, column: string) =>
    isNumber(column) ? value.padStart(width(column)) : value.padEnd(width(column))
  return [
    line(column => pad(column, column)),
    line(column => (isNumber(column) ? `${'-'.repeat(width(column) - 1)}:` : '-'.repeat(width(column)))),
    ...rows.map(row => line(column => pad(text(row, column), column))),
  ].join('')
}

const shown = (value: string | number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '' : String(value)
