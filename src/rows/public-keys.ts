import { parseJson } from '../util/json-text.ts'

/** The primary key of a row by field, for the caller; null for a key value that is not fit to be shown. */
export type PublicKey = Readonly<Record<string, unknown>>

/** The keys of the rows of a mutation, by index. */
export interface PublicKeys {
  readonly fields: readonly string[]
  at(index: number): PublicKey
}

const NO_KEY: PublicKey = {}

/** For rows that are not at hand. */
export const NO_KEYS: PublicKeys = { fields: [], at: () => NO_KEY }

/** Keys of neighbouring rows as JSON objects separated by commas, which are parsed when one of them is wanted: few callers ask for keys. */
class SerialisedKeys {
  readonly #first: number
  readonly #items: string
  #keys: readonly PublicKey[] | undefined

  constructor(first: number, items: string) {
    this.#first = first
    this.#items = items
  }

  at(index: number): PublicKey {
    this.#keys ??= parseJson(`[${this.#items}]`) as readonly PublicKey[]
    return this.#keys[index - this.#first] as PublicKey
  }
}

/** The keys of the rows of a mutation, collected in order. */
export class CollectedKeys implements PublicKeys {
  readonly fields: readonly string[]
  readonly #keys: (PublicKey | SerialisedKeys)[] = []

  constructor(fields: readonly string[]) {
    this.fields = fields
  }

  add(key: PublicKey): void {
    this.#keys.push(key)
  }

  /** Adds the keys of so many rows, given as JSON objects separated by commas, without escapes. */
  addSerialised(count: number, items: Uint8Array): void {
    const text = Buffer.from(items.buffer, items.byteOffset, items.byteLength).toString('latin1')
    const serialised = new SerialisedKeys(this.#keys.length, text)
    for (let left = count; left > 0; left--) this.#keys.push(serialised)
  }

  at(index: number): PublicKey {
    const key = this.#keys[index] ?? NO_KEY
    return key instanceof SerialisedKeys ? key.at(index) : key
  }
}
