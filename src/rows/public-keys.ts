import { parseJson } from '../util/json-text.ts'
import type { GoodRows } from './row-reader/row-reader.ts'

/** The primary key of a row by field, for the caller; null for a key value that is not fit to be shown. */
export type PublicKey = Readonly<Record<string, unknown>>

/** The keys of the rows of a mutation, by index. */
export interface PublicKeys {
  readonly fields: readonly string[]
  at(index: number): PublicKey
  /** The same as JSON. */
  textAt(index: number): string
}

const NO_KEY: PublicKey = {}

/** For rows that are not at hand. */
export const NO_KEYS: PublicKeys = { fields: [], at: () => NO_KEY, textAt: () => '{}' }

/** Keys of neighbouring rows as JSON objects separated by commas, which are parsed when one of them is wanted. */
class SerialisedKeys {
  readonly #first: number
  readonly #items: string
  /** Where each object ends. */
  readonly #ends: Int32Array
  #keys: readonly PublicKey[] | undefined

  constructor(first: number, items: string, ends: Int32Array) {
    this.#first = first
    this.#items = items
    this.#ends = ends
  }

  textAt(index: number): string {
    const place = index - this.#first
    return this.#items.slice(place === 0 ? 0 : (this.#ends[place - 1] as number) + 1, this.#ends[place])
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

  /** Adds keys, which are copied. */
  addSerialised({ count, keys: { buffer, byteOffset, byteLength }, keyEnds }: Pick<GoodRows, 'count' | 'keys' | 'keyEnds'>): void {
    const items = Buffer.from(buffer, byteOffset, byteLength).toString('latin1')
    const serialised = new SerialisedKeys(this.#keys.length, items, keyEnds.slice())
    for (let left = count; left > 0; left--) this.#keys.push(serialised)
  }

  at(index: number): PublicKey {
    const key = this.#keys[index] ?? NO_KEY
    return key instanceof SerialisedKeys ? key.at(index) : key
  }

  textAt(index: number): string {
    const key = this.#keys[index] ?? NO_KEY
    return key instanceof SerialisedKeys ? key.textAt(index) : JSON.stringify(key)
  }
}
