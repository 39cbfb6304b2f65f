/** The columns that stand before those of the source in a file of rejected rows; they are left out when it is loaded. */
export const REJECTED_COLUMNS = ['rejected_line', 'rejected_field', 'rejected_code', 'rejected_message'] as const

/** Whether a header is one of those, in any case. */
export function isRejectedColumn(header: string): boolean {
  const name = header.trim().toLowerCase()
  return REJECTED_COLUMNS.some((ours) => ours === name)
}
