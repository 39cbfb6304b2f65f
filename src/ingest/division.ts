import { perRow } from '../rows/wire-rows.ts'
import type { RetryChoices } from './retry-policy.ts'
import type { Answer, Batch } from './upstream-port.ts'

/** What of a batch that was declined whole may be sent once more. */
export interface Division {
  /** Rows by their places, each part for a request of its own. */
  readonly parts: readonly (readonly number[])[]
  /** The refusal by status and code where it names no row to blame; whether dividing helps is then to be found out. */
  readonly refusal?: string
}

/** The division of rows after an answer: those the refusal does not name go together, else each half by itself; undefined where that cannot help. */
export function divisionOf(
  answer: Answer,
  { rows, destination }: Batch,
  placeOf: (at: number) => number,
  { bisectAppend }: RetryChoices,
): Division | undefined {
  if (answer.kind !== 'refused' || answer.failure !== 'FINAL') return undefined
  if (destination.operation === 'APPEND' && !bisectAppend) return undefined
  const { named, status, error } = answer
  const places = perRow(rows, placeOf)
  if (named?.some(({ kind }) => kind === 'rejected')) {
    const others = places.filter((_, at) => named[at]?.kind !== 'rejected')
    return others.length === 0 ? undefined : { parts: [others] }
  }
  if (!answer.divisible || places.length === 1) return undefined
  return { parts: halves(places), refusal: `${status} ${error?.code ?? ''}` }
}

function halves(places: readonly number[]): readonly number[][] {
  const middle = Math.ceil(places.length / 2)
  return [places.slice(0, middle), places.slice(middle)]
}
