import { createHash } from 'node:crypto'
import { decoded } from '../../../tabular/read/decode.ts'
import { type OpenRecords, openRecords } from '../../../tabular/read/open-records.ts'
import { parseExactly } from '../../../util/exact-json.ts'
import { gunzipped, type Source } from './source.ts'

/** How a source is to be read, where that is stated. */
export interface ReadSettings {
  readonly encoding: string | undefined
  readonly delimiter: string | undefined
  readonly signal: AbortSignal
  readonly isKnown?: (name: string) => boolean
}

/** A source that is open at its first row. */
export interface OpenSource extends OpenRecords {
  /** SHA-256 of the decoded content, once all of it was read. */
  sha256(): string
}

/** Reads as far as is needed to know what a source is. */
export async function openSource(source: Source, { encoding, signal, ...settings }: ReadSettings): Promise<OpenSource> {
  const hash = createHash('sha256')
  const hashed = async function* (texts: AsyncIterable<string>) {
    for await (const text of texts) {
      signal.throwIfAborted()
      hash.update(text)
      yield text
    }
  }
  const texts = hashed(decoded(gunzipped(source.bytes()), { encoding }))
  const opened = await openRecords({ ...settings, name: source.name, texts, parse: (text) => parseExactly(text) })
  return { ...opened, sha256: () => hash.digest('hex') }
}
