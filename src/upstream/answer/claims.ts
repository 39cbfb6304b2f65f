import { plainName, wholeNumber } from '../lenient-read.ts'
import { saysYes } from '../match-rows.ts'
import { wordSet } from './any-of.ts'
import { isPartStatus, wordsOf } from './texts.ts'

// A refusal has written nothing. One that says itself that rows were taken contradicts that: by a count of these, a list of these, a
// switch, or a status that says that a part was taken. A row that was only found good (ok, valid) may have been checked and no more.

/** What was done with a row that was taken, as a name has it. */
const TAKEN = wordSet([
  'accepted ingested written stored saved persisted committed inserted created upserted updated appended applied merged loaded imported',
  'succeeded successful queued published taken',
])
const FILLER = wordSet([
  'row rows record records item items entries data ids keys index indexes indices',
  'count total num number nb n of is was were successfully last up to through until',
])
/** Says of a part that it was taken, or counts what was; a switch of success alone may mean that it was checked. */
const PART = /^(?:is|has)?partial/
const SUCCESS_COUNT = /^(?:num(?:ber)?(?:of)?)?success(?:es|count)?$/
const TAKEN_STATUS = /^20[124]\b/

/** What was done with rows that were taken, as a text has it. */
const DONE =
  'accepted|ingested|written|stored|saved|inserted|imported|applied|committed|persisted|created|upserted|updated|appended|merged|loaded|queued|published'
const COUNT_BEFORE = `\\b(?<before>\\d+) (?:(?:of|out of) (?:the )?\\d+ )?(?:rows?|records?|items?|entries)? ?(?<told>were |was |have been |has been )?(?:${DONE})\\b`
const COUNT_BEHIND = `\\b(?:(?:${DONE}):? (?<behind>\\d+) (?:(?:of|out of) \\d+ )?(?:rows|records|items|entries)|wrote:? (?<wrote>\\d+))\\b`
const IN_PART = '\\bpartial(?:ly)?[ _-]?(?:success|accept|appli|process|writ|ingest|complet|stored|fail)'
const CLAIM = new RegExp(`${COUNT_BEFORE}|${COUNT_BEHIND}|${IN_PART}`, 'u')

/** A clause without a denying word that says that rows were taken, and does not count them. */
const DENIAL = "(?![^.,;:]*(?:\\b(?:no|none|nothing|0|not|never|cannot|until|unless|if|before any)\\b|n['’]t\\b))"
const ROWS_TAKEN = `[^.,;:]*\\b(?:rows|records|items|entries|others|rest|remainder)\\b(?:[^.,;:]*\\b(?:were|was|been) (?:${DONE})\\b| (?:written|stored|saved|inserted|committed|accepted|ingested|queued)\\s*(?:$|[.,;]))`
const CLAUSE = new RegExp(`(?:^|[.,;:])${DENIAL}${ROWS_TAKEN}`, 'u')

/** How many rows a request may have is not how many were taken. */
const OF_A_LIMIT = /\b(?:max|maximum|limit|limited|most|up to|more than|only|exceed\w*|per (?:request|call|batch))\b/u

/** Before a count: none of these rows were taken. */
const NONE_OF = /\b(?:none|neither|before any) (?:of )?(?:the |these |your )?$/u

/** All that was taken was taken back, or what was written went to where failed rows go. */
const UNDONE =
  /\b(?:transaction|batch|request|everything|all rows|all changes) (?:was |were |is |has been |have been )?rolled back\b|\b(?:in|to|into) (?:the )?[\w.]*fail/u

/** What is accepted in general is no row. */
const MEDIA_TYPE = /^\w+\/[\w.+*-]+/

const MAX_DEPTH = 8

/** Whether something in a refusal, at any depth, says that rows were taken, of which so many were sent. */
export function claimsTaken(value: unknown, sent: number, depth = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null || depth === 0) return false
  if (Array.isArray(value)) return value.some((entry) => claimsTaken(entry, sent, depth - 1))
  if (depth < MAX_DEPTH && isTakenRow(value)) return true
  return Object.entries(value).some(([name, inner]) => isClaim(name, inner, sent) || claimsTaken(inner, sent, depth - 1))
}

/** An entry of a list, or of an object, whose status says that it was taken. */
function isTakenRow(entry: object): boolean {
  return (
    saysYes(entry) &&
    Object.entries(entry).some(
      ([name, value]) =>
        TAKEN.has(plainName(name)) ||
        (isStatusName(name) && TAKEN_STATUS.test(String(value))) ||
        (typeof value === 'string' && namesTaken(value)),
    )
  )
}

function isClaim(name: string, value: unknown, sent: number): boolean {
  if (isStatusName(name) && (typeof value === 'string' || value === 207)) return isPartStatus(String(value))
  if (typeof value === 'string' && wholeNumber(value) === undefined) return value.length <= 2_000 && textClaims(value.toLowerCase(), sent)
  if (Array.isArray(value) && isStatusName(name) && value.some((entry) => typeof entry === 'string' && namesTaken(entry))) return true
  if (value === true && PART.test(plainName(name))) return true
  const isSuccessCount = typeof value !== 'boolean' && SUCCESS_COUNT.test(plainName(name))
  if (!isSuccessCount && !namesTaken(name)) return false
  if (Array.isArray(value)) return value.length <= sent && value.some((entry) => !MEDIA_TYPE.test(String(entry)))
  const count = wholeNumber(value)
  return value === true || (count !== undefined && count > 0 && count <= sent)
}

function isStatusName(name: string): boolean {
  return /status|state|outcome|result/i.test(name)
}

function textClaims(text: string, sent: number): boolean {
  const found = CLAIM.exec(text)
  if (UNDONE.test(text)) return false
  if (found === null) return CLAUSE.test(text)
  if (NONE_OF.test(text.slice(0, found.index))) return false
  const { before, told, behind, wrote } = found.groups ?? {}
  const count = before ?? behind ?? wrote
  if (count === undefined) return true
  return Number(count) > 0 && Number(count) <= sent && (told !== undefined || !OF_A_LIMIT.test(text))
}

/** Whether a name, or a status, says of rows that they were taken and nothing else. */
function namesTaken(name: string): boolean {
  const words = wordsOf(name).split(' ')
  return words.some((word) => TAKEN.has(word)) && words.every((word) => TAKEN.has(word) || FILLER.has(word))
}
