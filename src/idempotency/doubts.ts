import { mayBeTakenLater, type Operation, type Outcome, unconfirmed } from '../ingest/outcome.ts'
import type { Entry } from './entry-codec.ts'
import { lastEpochs } from './fold.ts'
import type { Claim } from './store-port.ts'

/** A claim on a record, and what it starts from. */
export interface Claimed {
  readonly claim: Claim
  readonly rowCount: number
  readonly operation: Operation
  /** The entries of the journal when it was opened. */
  readonly entries: readonly Entry[]
}

/** The outcomes of one entry, and how it is written. */
export interface ToldEntry {
  readonly kind: 'fact' | 'rejection'
  readonly rows: readonly number[]
  readonly outcomes: readonly Outcome[]
}

/**
 * An UPSERT may be sent by several claims that know nothing of each other. A row that an earlier claim may have sent without
 * recording an outcome is recorded as unconfirmed first, in the same entry as its outcome, so that neither is durable without the
 * other. Any other rejection is written only while no later claim is open; that one sends the row and records its outcome.
 */
export function createDoubts(options: Claimed) {
  const isUpsert = options.operation === 'UPSERT'
  const wasSilent = findSilence(options)
  const doubted = new Set<number>()
  const open = unconfirmed('NO_VERDICT', { operation: options.operation, dryRun: false })

  function isDoubtful(row: number, outcome: Outcome): boolean {
    return doubted.has(row) || (isUpsert && mayBeTakenLater(outcome) && wasSilent(row))
  }
  const isRejection = (row: number, outcome: Outcome) => isUpsert && outcome.status === 'REJECTED' && !isDoubtful(row, outcome)

  return {
    send(rows: readonly number[]): void {
      for (const row of rows) if (wasSilent(row)) doubted.add(row)
    },
    /** The entries that record one outcome for each of the rows. */
    tell(rows: readonly number[], outcomes: readonly Outcome[]): readonly ToldEntry[] {
      const isPlain = (outcome: Outcome, at: number) =>
        !isDoubtful(rows[at] as number, outcome) && !isRejection(rows[at] as number, outcome)
      if (rows.length > 0 && outcomes.every(isPlain)) return [{ kind: 'fact', rows, outcomes }]
      const all = outcomes.map((outcome, at) => ({ row: rows[at] as number, outcome }))
      const first = all.filter(({ row, outcome }) => isDoubtful(row, outcome)).map(({ row }) => ({ row, outcome: open }))
      const rejections = all.filter(({ row, outcome }) => isRejection(row, outcome))
      const facts = all.filter(({ row, outcome }) => !isRejection(row, outcome))
      return [toldEntry('fact', [...first, ...facts]), toldEntry('rejection', rejections)].filter((one) => one.rows.length > 0)
    },
  }
}

function toldEntry(kind: ToldEntry['kind'], told: readonly { readonly row: number; readonly outcome: Outcome }[]): ToldEntry {
  return { kind, rows: told.map(({ row }) => row), outcomes: told.map(({ outcome }) => outcome) }
}

/** Whether the claim before this one, if any, recorded no outcome for a row: it may have been interrupted after sending it. */
function findSilence({ claim, entries, rowCount }: Claimed): (row: number) => boolean {
  if (claim.epoch === 1) return () => false
  const toldAt = lastEpochs(entries, rowCount)
  return (row) => (toldAt[row] as number) < claim.epoch - 1
}
