import type { Batch } from '../ingest/batch.ts'
import type { UpstreamError, Verdict } from '../ingest/upstream-port.ts'
import { listOf } from '../util/list-of.ts'
import { claimsTaken } from './answer/claims.ts'
import { topicOf } from './answer/names.ts'
import { readError } from './answer/row-errors.ts'
import { isObject, isTooMuch, parseJson, plainName, rowInPath, valueAt, wholeNumber } from './lenient-read.ts'
import { type AnswerReading, complains, createMatch, matchEntries, namesARow, refusalOn, saysYes, UNREADABLE } from './match-rows.ts'
import { MAX_ENVELOPES, readAnswer } from './read-answer.ts'

/** What a refusal says, as far as it could be read. */
interface ReadRefusal {
  /** The error on the whole request. */
  readonly error: UpstreamError
  /** A verdict for each row, where it names rows. */
  readonly named?: readonly Verdict[]
  /** A verdict for each row, where the refusal claims that rows were taken: all but those it names as failed are open then. */
  readonly contradiction?: readonly Verdict[]
}

/** Reads an answer whose status refuses all rows (`statuses.ts`). */
export function readRefusal(text: string | undefined, batch: Batch, reading: AnswerReading): ReadRefusal {
  const answer = refusalIn(text)
  if (isTooMuch(text ?? '') || claimsTaken(answer, batch.rows.length))
    return { error: {}, contradiction: readAnswer(207, text, batch, reading).verdicts.map(ifRejected) }
  const entries = entriesIn(answer, MAX_ENVELOPES)
  const naming = entries.filter(isObject).filter((entry) => namesARow(entry, batch.destination) && !saysYes(entry))
  const matched = naming.length === 0 ? undefined : matchEntries(naming, createMatch(batch, reading))
  const general = entries.find((entry) => typeof entry === 'string' || (isObject(entry) && !namesARow(entry, batch.destination)))
  const error = generalError(answer, general)
  return matched === undefined ? { error } : { error, named: listOf(batch.rows.length, (at) => refusalOn(matched.get(at))) }
}

/** The upstream's error on a refused call that carries no rows. */
export function readRefusalWords(text: string | undefined): UpstreamError {
  const answer = refusalIn(text)
  return generalError(answer, entriesIn(answer, MAX_ENVELOPES)[0])
}

/** A refusal as an object: a list is taken for errors, and a text, JSON or not, for a message. */
function refusalIn(text: string | undefined): object {
  const value = parseJson(text)
  if (Array.isArray(value)) return { errors: value }
  if (isObject(value)) return value
  return { message: value === undefined ? text : value }
}

function ifRejected(verdict: Verdict): Verdict {
  return verdict.kind === 'rejected' ? verdict : UNREADABLE
}

const OF_WHAT_IS_WRONG = /^(?:details?|messages?)$/

/** The entries of all lists of errors in a refusal, at any depth of nested objects; of other lists, which may echo what was sent, only the entries with errors. */
function entriesIn(holder: object, depth: number): unknown[] {
  return Object.entries(holder).flatMap(([name, value]) => {
    if (Array.isArray(value)) {
      const topic = topicOf(name)
      if (topic === 'no' || OF_WHAT_IS_WRONG.test(plainName(name))) return value
      return topic === 'accepted' || topic === 'warning' ? [] : value.filter((entry) => isObject(entry) && complains(entry))
    }
    if (!isObject(value)) return []
    if (topicOf(name) === 'no' && Object.keys(value).some((key) => isPlace(key))) return Object.entries(value).map(entryAt)
    return depth > 0 ? entriesIn(value, depth - 1) : []
  })
}

/** Whether a name is the index of a row, or a path to it. */
function isPlace(name: string): boolean {
  return wholeNumber(name) !== undefined || rowInPath({ path: name }) !== undefined
}

/** An entry that is keyed by the place of its row, in the form of a list entry. */
function entryAt([place, value]: readonly [string, unknown]): object {
  const [inner] = Array.isArray(value) ? value : [value]
  return { ...(wholeNumber(place) === undefined ? { path: place } : { index: place }), ...(isObject(inner) ? inner : { message: inner }) }
}

/** A code in place of a message, as in OAuth. */
const CODE = /^[A-Za-z]+(?:_[A-Za-z]+)+$/

/** The error on the whole request: at the top level, under `error`, in an envelope, or as an entry that names no row. */
function generalError(answer: object, general?: unknown, depth = MAX_ENVELOPES): UpstreamError {
  const under = valueAt(answer, ['error', 'err'])
  const envelope = valueAt(answer, ['data', 'result', 'response', 'fault', 'exception'])
  const bare =
    typeof under !== 'string' ? {} : readError(answer).message === undefined ? readError(under) : CODE.test(under) ? { code: under } : {}
  const inner = (of: unknown) => (isObject(of) && depth > 0 ? generalError(of, undefined, depth - 1) : readError(of))
  return { ...bare, ...inner(general), ...inner(envelope), ...readError(answer), ...(isObject(under) && readError(under)) }
}
