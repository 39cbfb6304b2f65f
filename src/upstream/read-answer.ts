import type { Batch } from '../ingest/batch.ts'
import type { Verdict } from '../ingest/upstream-port.ts'
import { listOf } from '../util/list-of.ts'
import { doubtsOf } from './answer/doubts.ts'
import { INDEX_NAMES } from './answer/row-index.ts'
import { hasTwinNames, isObject, parseJson, plainName, valueAt, wholeNumber } from './lenient-read.ts'
import { type AnswerReading, createMatch, type Matched, matchEntries, UNREADABLE, verdictOn } from './match-rows.ts'

// How an answer is read. The upstream documents only the status and a list `failed`, so everything else is read by these rules:
//
//  1. The statuses 200, 201, 202, 204 and 207 are a yes for every row; the rules that follow only take it back.
//  2. The body is a JSON object, or a list with one entry per row, or the entry on the only row; 201, 202 and 204 may have none.
//     Any other body takes back all, and so does a duplicate name in an object, or more values or names than are read
//     (`lenient-read.ts`).
//  3. A single list `failed`, at any depth of nested objects, rejects the rows that its entries name, by index or by an echo of
//     the row. An entry that names no row for certain may be about any row and takes back all; one that says itself that its row
//     was taken, or may yet be, leaves that row open.
//  4. 207 says that rows were rejected: without a list `failed` it takes back all, and with an empty one it needs a count of
//     accepted rows that equals the number sent.
//  5. Everything else in the body, at any depth, is examined (`answer/doubts.ts`): names (`answer/names.ts`) and texts
//     (`answer/texts.ts`) by the stems of their words. Any of these takes back what is not rejected:
//     a. a name that can mean a no (error, failed, skipped, ...) with a value other than 0, false, null, [] or "";
//     b. a switch that is off, unless its name means a no itself or has nothing to do with rows; a dry run that was not asked
//        for; a limit that was hit;
//     c. a status, state or code that is not known to be good (an unknown word, a number other than those of rule 1), or a rate below
//        100 %;
//     d. a message without a word that is known to mean yes; any text with a stem that can mean a no, or with a count of rows that
//        does not fit; a warning that rows were left out or changed; where nothing else says yes, a message with an unknown word,
//        and under an unknown name a sentence or a list of another length; and where the answer neither lists failures nor counts
//        accepted rows, a number below that of the rows under an unknown name, since it may be the count;
//     e. a list of results, rows or ids whose length is not the number of rows, or with an entry that is empty or to which a to d
//        apply, unless it is about a row that failed; a list, object or message that names some of the rows sent, under any name;
//     f. another solution, object or operation than what was sent; more depth, values or text than is examined; a further page of
//        the answer;
//     g. a header, or a trailer behind the body, that tells of a failure, of fewer rows, of another page or of a cache
//        (`answer/headers.ts`).
//  6. A count of accepted, failed or all rows that does not fit what was sent and listed takes back all, rejections included, and
//     so does a list of accepted rows or results that names a row twice, or one that failed, unless it has all rows and does not say
//     that this one was taken: one of the two is wrong.
//  7. Where two entries about one row contradict each other, that row is open.
//  8. A refusal that says itself that rows were taken (`answer/claims.ts`) is read like a 207, but only its failures are believed.
//  9. What was taken back is unconfirmed (`UNREADABLE_ANSWER`) and never guessed at: nothing says which rows are concerned.

/** What an answer says. */
export interface Read {
  /** One for each row, in the order sent. */
  readonly verdicts: Verdict[]
  /** The top-level names of an answer that was believed on its status alone: no word in it is known to mean yes. */
  readonly unknownShape?: readonly string[]
}

/** Reads an answer whose status says that it is about rows (`statuses.ts`). */
export function readAnswer(status: number, text: string | undefined, batch: Batch, reading: AnswerReading): Read {
  const all = (verdict: Verdict) => ({ verdicts: listOf(batch.rows.length, () => verdict) })
  if (text === '' && (status === 201 || status === 202 || status === 204)) return { ...all(verdictOn(undefined)), unknownShape: [] }
  const answer = parseBody(text)
  const failed = answer && findFailed(answer)
  if (answer === undefined || failed === 'unreadable') return all(UNREADABLE)
  const placeOf = createMatch(batch, reading)
  const matched = matchEntries(failed ?? [], placeOf)
  if (matched === undefined || (status === 207 && failed === undefined)) return all(UNREADABLE)

  const { destination, rows } = batch
  const { rowIndexBase } = reading
  const asked = { destination, dryRun: destination.dryRun, sent: rows.length, placeOf, rowIndexBase, matched, failed: matched.size }
  const doubts = doubtsOf(answer, failed, asked)
  if (doubts.miscounts) return all(UNREADABLE)
  const isSure = failed !== undefined || doubts.saysYes
  const mayBeShort = !doubts.countsAccepted && (doubts.mayLeaveOut || (doubts.mayCountSome && failed === undefined))
  if (doubts.canMeanNo || mayBeShort || (!isSure && doubts.isUnclear) || (status === 207 && matched.size === 0 && !doubts.countsAccepted))
    return { verdicts: onlyNamed(batch, matched) }
  return { ...believed(batch, matched), ...(!isSure && !doubts.saysYesInText && { unknownShape: Object.keys(answer).sort() }) }
}

function believed({ rows }: Batch, matched: Matched): Read {
  return { verdicts: listOf(rows.length, (at) => verdictOn(matched.get(at))) }
}

function onlyNamed({ rows }: Batch, matched: Matched): Verdict[] {
  return listOf(rows.length, (at) => (matched.has(at) ? verdictOn(matched.get(at)) : UNREADABLE))
}

/** The body as an object; a list of results stands under that name. */
function parseBody(text: string | undefined): object | undefined {
  const value = parseJson(text)
  if (hasTwinNames(text ?? '', value)) return undefined
  if (Array.isArray(value)) return value.length > 0 ? { results: value } : undefined
  if (!isObject(value)) return undefined
  // An object with an index is about that row only.
  return wholeNumber(valueAt(value, INDEX_NAMES)) === undefined ? value : { results: [value] }
}

/** How deep a list is searched for in nested objects. */
export const MAX_ENVELOPES = 8

/** The list `failed`, at any depth of nested objects; `unreadable` where it is not a list of objects, or there are two. */
function findFailed(answer: object): readonly object[] | undefined | 'unreadable' {
  const found = failedIn(answer, MAX_ENVELOPES)
  if (found.length === 0) return undefined
  const [failed] = found
  const isList = Array.isArray(failed) && failed.every((entry) => isObject(entry) && failedIn(entry, 0).length === 0)
  return isList && found.length === 1 ? failed : 'unreadable'
}

/** All values named `failed` that are not counts, in an object and the objects in it. */
function failedIn(holder: object, depth: number): unknown[] {
  const own = Object.entries(holder).flatMap(([name, value]) => (plainName(name) === 'failed' && !isCount(value) ? [value] : []))
  const inner =
    depth === 0
      ? []
      : Object.values(holder)
          .filter(isObject)
          .filter((value) => !own.includes(value))
  return [...own, ...inner.flatMap((value) => failedIn(value, depth - 1))]
}

function isCount(value: unknown): boolean {
  return typeof value === 'object' ? value === null : typeof value !== 'string' || /^\d*$/.test(value)
}
