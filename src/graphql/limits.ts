/** stub until merge */
export const DOCUMENT_LIMITS = { nameCharacters: 100 } as const
