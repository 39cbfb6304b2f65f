import type { WireRow } from './wire-row.ts'
import { type PrintMemory, printedRows, type WireRows, wireRows } from './wire-rows.ts'

/** Good rows of one mutation, at most as many as one upstream request holds. */
export interface Pack {
  readonly rows: WireRows
  /** The index of each row in the mutation. */
  readonly indexes: readonly number[]
  /** A number for the primary key of each row, by `keyHash`. */
  readonly keys: readonly number[]
}

/** Puts good rows into packs as they come. */
export interface Packer {
  add(row: WireRow, index: number, key: number): void
  /** All packs; nothing may be added any more. */
  done(): readonly Pack[]
}

/** A packer for packs of so many rows. One that is full is printed as soon as another row comes. */
export function createPacker(size: number, memory: PrintMemory): Packer {
  const packs: Pack[] = []
  let open = emptyPack()

  function close(isLast: boolean): void {
    const { rows, indexes, keys } = open
    if (rows.length > 0) packs.push({ rows: isLast ? wireRows(rows) : printedRows(rows, memory), indexes, keys })
    open = emptyPack()
  }

  return {
    add(row, index, key) {
      if (open.rows.length === size) close(false)
      open.rows.push(row)
      open.indexes.push(index)
      open.keys.push(key)
    },
    done() {
      close(true)
      return packs
    },
  }
}

function emptyPack() {
  return { rows: [] as WireRow[], indexes: [] as number[], keys: [] as number[] }
}

/** The packs with only some of their rows; one that keeps all of them stays as it is. */
export function keepRows(packs: readonly Pack[], isKept: (index: number) => boolean): readonly Pack[] {
  return packs.map((pack) => keepRowsOf(pack, isKept)).filter(({ indexes }) => indexes.length > 0)
}

function keepRowsOf(pack: Pack, isKept: (index: number) => boolean): Pack {
  const { rows, indexes, keys } = pack
  const kept = indexes.flatMap((index, place) => (isKept(index) ? [place] : []))
  if (kept.length === indexes.length) return pack
  return {
    rows: wireRows(kept.map((place) => rows.at(place))),
    indexes: kept.map((place) => indexes[place] as number),
    keys: kept.map((place) => keys[place] as number),
  }
}

/** The packs with the rows changed of which something is known; one without such rows stays as it is. */
export function changeRows<Known>(
  packs: readonly Pack[],
  known: ReadonlyMap<number, Known>,
  change: (row: WireRow, known: Known) => WireRow,
): readonly Pack[] {
  return packs.map((pack) => {
    if (!pack.indexes.some((index) => known.has(index))) return pack
    const rows = pack.indexes.map((index, place) => {
      const row = pack.rows.at(place)
      return known.has(index) ? change(row, known.get(index) as Known) : row
    })
    return { ...pack, rows: wireRows(rows) }
  })
}
