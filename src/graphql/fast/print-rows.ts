import { randomInt, randomUUID } from 'node:crypto'
import { ACCEPTED, type Outcome } from '../../ingest/outcome.ts'
import type { PublicKeys } from '../../rows/public-keys.ts'
import { inSlices } from '../../util/time-slices.ts'
import type { RowView } from '../types/row-outcome.ts'

type Project = (row: RowView) => unknown

type Result = RowView['result'] & { readonly outcomes: readonly Outcome[] }

/** The outcomes of a mutation, or those of some kinds, as the JSON text of a list; in pieces, since joining would copy them. */
export async function printRows(result: Result, only: readonly Outcome['status'][] | undefined, project: Project): Promise<string[]> {
  const { outcomes, publicKeys } = result
  const isWanted = ({ status }: Outcome) => only === undefined || only.includes(status)
  if (outcomes.length < WORTH_A_PATTERN)
    return [JSON.stringify(outcomes.flatMap((outcome, index) => (isWanted(outcome) ? project({ index, result, outcome }) : [])))]
  const printerOf = createPrinters(project)
  // Rows separated by commas, in each text.
  const texts: string[] = []
  let alike = ''
  let others: unknown[] = []
  const endRun = () => {
    if (alike !== '') texts.push(alike.slice(0, -1))
    // One native print of many rows is faster than printing one after the other.
    if (others.length > 0) texts.push(JSON.stringify(others).slice(1, -1))
    alike = ''
    others = []
  }
  await inSlices(
    outcomes.length,
    (index) => {
      const outcome = outcomes[index] as Outcome
      if (!isWanted(outcome)) return
      const print = printerOf(outcome)
      if (print ? others.length > 0 : alike !== '') endRun()
      if (print) alike += `${print(index, publicKeys)},`
      else others.push(project({ index, result, outcome }))
    },
    endRun,
  )
  return ['[', ...texts.flatMap((text, at) => (at === 0 ? [text] : [',', text])), ']']
}

/** So many rows are worth finding out how those with one outcome are printed. */
const WORTH_A_PATTERN = 20

// Random, so that they occur in nothing else of a row.
const INDEX = randomInt(1_000_000_000, 2_000_000_000)
const KEY = { [randomUUID()]: 0 }
const KEY_TEXT = JSON.stringify(KEY)
const HOLES = new RegExp(`(${INDEX}|\\${KEY_TEXT.slice(0, -1)}\\})`)
const OF_HOLES: PublicKeys = { fields: [], at: () => KEY, textAt: () => KEY_TEXT }

type Printer = (index: number, keys: PublicKeys) => string

/** Finds the printer of an outcome: of all accepted rows, and of others from the second one on that shares its outcome with the last. */
function createPrinters(project: Project): (outcome: Outcome) => Printer | undefined {
  const accepted = createPrinter(ACCEPTED, project)
  let last: Outcome | undefined
  let ofLast: Printer | undefined
  return (outcome) => {
    if (outcome.status === 'ACCEPTED') return accepted
    if (outcome === last) ofLast ??= createPrinter(outcome, project)
    else ofLast = undefined
    last = outcome
    return ofLast
  }
}

/**
 * Prints rows that share an outcome. Two of them differ only in index and key, so the text of one says how all are printed;
 * building and printing an object for each takes three times as long.
 */
function createPrinter(outcome: Outcome, project: Project): Printer {
  const printed = JSON.stringify(project({ index: INDEX, result: { publicKeys: OF_HOLES }, outcome }))
  const [first = '', ...rest] = printed.split(HOLES)
  const holes = rest.flatMap((hole, at) => (at % 2 === 0 ? [{ isKey: hole === KEY_TEXT, after: rest[at + 1] as string }] : []))
  return (index, keys) => {
    let text = first
    for (const { isKey, after } of holes) text += (isKey ? keys.textAt(index) : index) + after
    return text
  }
}
