import type { Destination } from '../../ingest/batch.ts'
import type { AnswerReading, Match, Matched } from '../match-rows.ts'

/** The request that an answer is about. */
export interface Asked {
  readonly destination: Destination
  readonly dryRun: boolean
  /** How many rows. */
  readonly sent: number
  /** The place of the row that an entry is about. */
  readonly placeOf: Match
  readonly rowIndexBase: AnswerReading['rowIndexBase']
  /** The rows that the answer's own list names as failed, and their number. */
  readonly matched: Matched
  readonly failed: number
}

/** What was found in an answer apart from its list of failures. */
export interface Doubts {
  /** Something in it can mean a no. */
  canMeanNo: boolean
  /** A count in it does not fit what was sent and what is listed. */
  miscounts: boolean
  /** A status, a switch or a count in it is known to mean yes. */
  saysYes: boolean
  /** A word in one of its texts is known to mean yes. */
  saysYesInText: boolean
  /** A message has unknown words, or an unknown name has a sentence, or something that may count or list some of the rows. */
  isUnclear: boolean
  /** A number below that of the rows stands under an unknown name. */
  mayCountSome: boolean
  /** A number says that as many rows as failed were not taken: they may be others. */
  mayLeaveOut: boolean
  /** It counts the accepted rows itself. */
  countsAccepted: boolean
}
