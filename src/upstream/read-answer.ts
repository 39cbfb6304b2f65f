import type { Batch, Verdict } from '../ingest/upstream-port.ts'
import { listOf } from '../util/list-of.ts'
import { doubtsOf } from './answer/doubts.ts'
import { hasTwinNames, isObject, parseJson, plainName, valueAt } from './lenient-read.ts'
import { type AnswerReading, INDEX_NAMES, type Matched, matchEntries, UNREADABLE, verdictOn, wholeNumber } from './match-rows.ts'

// How an answer is read. The upstream documents a status and a list `failed`; all else is open, so it is read by rule:
//
//  1. The statuses 200, 201, 202, 204 and 207 are a yes for every row, each in its time: whatever follows only takes it back.
//  2. The body is one JSON object, or a list with one entry a row, or the entry on the only row; 201, 202 and 204 may have none. All else takes back all, and so
//     does a name that one object has twice.
//  3. A list `failed`, at any depth of nested objects and there once, rejects the rows that its entries name, by index or by
//     an echo of the row. An entry that names no row, or none for certain, may speak of any row and takes back all; one that says
//     itself that its row was taken, or may yet be, leaves that row open.
//  4. 207 says that rows were rejected: without a list `failed` all is taken back, and with an empty one it needs a count of accepted
//     rows that is the number sent.
//  5. Everything else in the body, at any depth, is looked at (`answer/doubts.ts`), names (`answer/names.ts`) and texts
//     (`answer/texts.ts`) by the stems of their words. These take back what is not rejected:
//     a. a name that can mean a no (error, failed, skipped, ...) with anything under it but nothing: no 0, false, null, [], "";
//     b. a switch that is off, unless its name says no itself or nothing of rows; a dry run on where it was not asked for; a limit
//        that was hit;
//     c. a status, state or code that is not known to be good (words of which one is unknown, numbers beyond 200 to 299), or a
//        rate below 100 %;
//     d. a message that does not say yes in a word that is known; any text with a stem that can mean a no, or that counts rows and
//        comes to another number; a warning that rows were left out or changed; where nothing else says yes, a message with a
//        word that is not known, and under a name that is not known a sentence, a number below that of the rows, or a list with
//        another number of entries;
//     e. a list of results, rows or ids with another number of entries than rows, or an entry that is empty or of which a to d hold;
//     f. another solution, object or operation than what was sent; more depth, values or text than is looked at; or that there is
//        more of the answer elsewhere: another page of it.
//     g. a header, also one behind the body, that tells of a failure (`client.ts`).
//  6. A count of accepted, failed or all rows that does not fit what was sent and what is listed takes back all, also what is
//     listed, and so does a list of accepted rows or results that names a row twice, or one that failed: one of the two is wrong.
//  7. Where two entries about one row contradict each other, that row is open.
//  8. A refusal that says itself that rows were taken (`answer/claims.ts`) is read like a 207 of which only the failures are believed.
//  9. What was taken back is open (`UNREADABLE_ANSWER`), never guessed at: nothing says which rows it concerns.

/** What an answer says. */
export interface Read {
  /** On each row, in the order sent. */
  readonly verdicts: Verdict[]
  /** The names in an answer that was believed on its status alone: no word in it is known to mean yes. */
  readonly unknownShape?: readonly string[]
}

/** Reads what the upstream answered with a status that is an answer on rows (`statuses.ts`). */
export function readAnswer(status: number, text: string | undefined, batch: Batch, reading: AnswerReading): Read {
  const all = (verdict: Verdict) => ({ verdicts: listOf(batch.rows.length, () => verdict) })
  if (text === '' && (status === 201 || status === 202 || status === 204)) return { ...all(verdictOn(undefined)), unknownShape: [] }
  const answer = parseBody(text)
  const failed = answer && findFailed(answer)
  if (answer === undefined || failed === 'unreadable') return all(UNREADABLE)
  const matched = matchEntries(failed ?? [], batch, reading)
  if (matched === undefined || (status === 207 && failed === undefined)) return all(UNREADABLE)

  const { dryRun } = batch.destination
  const asked = { batch, reading, sent: batch.rows.length, dryRun, matched, failed: matched.size }
  const doubts = doubtsOf(answer, failed, asked)
  if (doubts.miscounts) return all(UNREADABLE)
  const isSure = failed !== undefined || doubts.saysYes
  if (doubts.canMeanNo || (!isSure && doubts.isUnclear) || (status === 207 && matched.size === 0 && !doubts.countsAccepted))
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
  // What says itself which row it is about is of that row only.
  return wholeNumber(valueAt(value, INDEX_NAMES)) === undefined ? value : { results: [value] }
}

/** Levels of objects within each other, in which a list is looked for. */
export const MAX_ENVELOPES = 8

/** The list of failures, wherever objects lead to it; `unreadable` when something of that name is no list of objects, or there are two. */
function findFailed(answer: object): readonly object[] | undefined | 'unreadable' {
  const found = failedIn(answer, MAX_ENVELOPES)
  if (found.length === 0) return undefined
  const [failed] = found
  const isList = Array.isArray(failed) && failed.every((entry) => isObject(entry) && failedIn(entry, 0).length === 0)
  return isList && found.length === 1 ? failed : 'unreadable'
}

/** Whatever stands under the name `failed` and is no count, in an object and those within it. */
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
