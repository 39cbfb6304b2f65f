import type { Ingest, IngestResult } from '../ingest/ingest.ts'

/** The same, with every mutation's outcomes written down. */
export function recorded(ingest: Ingest, books: readonly { record(result: IngestResult): void }[]): Ingest {
  return async (...asked) => {
    const result = await ingest(...asked)
    for (const book of books) book.record(result)
    return result
  }
}
