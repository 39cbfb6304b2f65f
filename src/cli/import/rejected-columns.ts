/** The columns that stand before those of the source in a file of rejected rows; they are left out when it is loaded. */
export const REJECTED_COLUMNS = ['rejected_line', 'rejected_field', 'rejected_code', 'rejected_message'] as const
