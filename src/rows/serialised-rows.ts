import { createBufferPool } from '../util/buffer-pool.ts'
import { parseExactly } from '../util/exact-json.ts'
import { scanJson } from '../util/json-scan/scan-json.ts'
import { parseJson } from '../util/json-text.ts'
import type { WireRow } from './wire-row.ts'

/** JSON as text or in UTF-8. */
export type Json = string | Uint8Array

/** Shared by the serialised rows of all mutations. */
const buffers = createBufferPool()

/** Rows as JSON objects separated by commas, in memory of a pool until their release; to read them afterwards is a defect. */
export class SerialisedRows {
  #bytes: Buffer | undefined

  /** Copies the items. */
  constructor(items: Json) {
    this.#bytes = buffers.write(items)
  }

  bytes(): Buffer {
    if (this.#bytes === undefined) throw new Error('rows were asked for after their release')
    return this.#bytes
  }

  parse(): readonly WireRow[] {
    const bytes = this.bytes()
    const text = `[${bytes}]`
    return (scanJson(bytes).mayBeInexact() ? parseExactly(text) : parseJson(text)) as readonly WireRow[]
  }

  release(): void {
    if (this.#bytes !== undefined) buffers.giveBack(this.#bytes)
    this.#bytes = undefined
  }
}
