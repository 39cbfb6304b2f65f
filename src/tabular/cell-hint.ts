/** The hint for an issue with a cell: the gateway's hints about quotes are meant for people who write JSON. */
export function cellHint({
  code,
  message,
  hint,
}: {
  readonly code: string
  readonly message: string
  readonly hint: string | null
}): string | null {
  if (code !== 'WRONG_TYPE') return hint
  if (message.includes('whole number')) return 'digits only'
  if (message.includes('number')) return 'digits, with a point before decimals and nothing between thousands'
  // Among tables, only workbooks have cells that are not texts.
  return message.includes('string') ? 'this cell of the workbook is not text: save the sheet as CSV to load cells as they are shown' : null
}
