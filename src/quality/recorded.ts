import type { Ingest, Settlement } from '../ingest/ingest.ts'

/** The same, with every mutation's outcomes written down. */
export function recorded(ingest: Ingest, books: readonly { record(settlement: Settlement): void }[]): Ingest {
  return async (...asked) => {
    const settlement = await ingest(...asked)
    for (const book of books) book.record(settlement)
    return settlement
  }
}
