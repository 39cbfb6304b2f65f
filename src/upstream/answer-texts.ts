// What a text of an answer says. Nobody knows in which words an upstream says no, so a text is believed only where it is understood:
//
//  1. A word with a stem of `NO`, or of `NO_TEXT` in a sentence, can mean a no. So can a text too long to be looked at as a whole, and what
//     looks like markup or an object and is none.
//  2. A message must have a word that is known to mean yes, whatever its language, and where nothing else says yes all of its words
//     are known. Of texts under other names only a no counts.
//  3. Numbers in it that count rows fit what was sent: those beside a word for rows, or for what is done with them. Any number below
//     that of the rows sent may be one as well, unless a word before it or a unit behind it says what else it is.
//  4. Beside a list of failures a text may speak of these, and count them or the others.

// Stems, not names, and of a few more languages than English: what begins or contains one of them can mean a no.
const NO_STEM =
  /\berr|error|fail|fehl|feil|\bfout|\bbł[aą]d|\bhata|\bchyb|\bvirhe|\bhib[aá]|reject|rejet|rejeit|rechaz|rifiut|abgelehn|invalid|inv[aá]lid|ung[uü]lt|verworf|refus|declin|\bden(?:y|ied|ial|egad)|exception|(?<!de)fault|skip|ignor|discard|\bdrop(?:ped|s)?\b|undeliv|abort|cancel|violat|duplicat|conflict|probl[eè]m|\bissues?\b|\bbad\b|missing|quarantin|dead ?letter|\bstopp|\bauth(?:oriz\w*)? ur[il]\b|\bdlq\b|\bpending|\bdefer|postpon|remaining|left ?over|malform|corrupt|\bparti(?:al|el|ell)|parcial|parzial|teil(?:weis|erfolg)|gedeelt|delvis|incompl|throttl|(?<!un)limited|forbid|time[d]? ?out|expired|exceed|exhaust|blocked|suspend|abandon|\blost\b|\bloss|exclud|omit|filtered|truncat|revert|roll(?:ed)? ?back|\bheld\b|on ?hold|(?<!p)review|approval|moderat|redirect|\blocation\b|\blog ?in\b|\bsign ?in\b|\bloginurl|captcha|challenge|\bretr(?:y|ie)|\bnot\b|\bnon\b|\bkein|\bk\.?o\.?\b|\bnok\b|\bnack|crash|outage|mainten|overload|overwr|\bbusy\b|[eé]chec|[eé]chou|fallo|fallid|\berro\b|negad|mismatch|\bnegativ|wrong|\bfatal|\bcritical|\bpanic|read ?only|disabled|back ?(?:pressure|off)|out of (?:range|bounds|memory|space|date|order|sync|service|scope)|\balready\b|\bsso\b|\bsaml|\boauth|stack ?trace|trace ?back/u

/** Words with a denying syllable before them, but for those that only begin like one: unique, units, notes, nonce. */
const DENYING =
  /(?<!\p{L})(?:un(?!(?:d|a|as|o|os|e)(?!\p{L})|i[tqvfco]|ti|ter|der|ser|changed|modified|limited)|not(?!e|ic|if|ar)|non(?!ce|e(?!\p{L}))|dis(?!patch|tribut|k|c(?!ard)|play|tinct)|mis(?!c))\p{L}/u

/** What in a name or a word can mean a no. */
export const NO = new RegExp(`${NO_STEM.source}|${DENYING.source}`, 'u')

const NO_TEXT =
  /\bno\b|\bnone\b|\bnothing\b|\bnever\b|\bcannot\b|n['’]t\b|\bonly\b|\bexcept|\bwithout\b|\bhowever\b|\bzero\b|\bsome\b|\bfew\b|\bhalf\b|(?<!at )\bmost\b|\b(?:several|many|part|majority|fraction|couple) (?:of )?(?:the )?(?:rows|records|items|entries)|\bsubset\b|\bfirst\b|\bpartly\b|\balmost\b|\bnearly\b|\b(?:through|until|till|up to) (?:row|record|item|line|index)|\bwould\b|\b(?:may|might|could) have\b|(?:\bis|queue|buffer|storage|disk|space|table) full\b|\blater\b|\bagain\b|\bmust\b|requir|\bplease\b|\bwait\b|sorry|unfortun|\boops|\bauth(?:enticat|oriz)|credential|permission|\bclosed\b|\blocked\b|\bdraft|outstanding|inspect|\bmanual|\bpaus|\bdelay|postpon|\bdry\b|simulat|preview|\bmoved\b|terminat|quota|\btoo (?:many|large|long|big)|illegal|\bnicht\b|\bnur\b|\bohne\b|\bpas\b|\bsauf\b|\bsans\b|\bseulement\b|aucun|\bnon\b|ningun|\bsalvo\b|\bs[oó]lo\b|\bsin\b|nessun|\bsenza\b|\bniet\b|\bnie\b|\binte\b|\bikke\b|\bn[aã]o\b|\bapenas\b/u

const YES_WORD =
  '(?:ok(?:ay)?(?!\\p{L})|succe|accept|done(?!\\p{L})|(?:en|re)?queued|buffered|received|(?:re)?ingest|complete|created|processed|written|wrote(?!\\p{L})|inserted|updated|upserted|appended|applied|saved(?!\\p{L})|stored|submitted|scheduled|taken(?!\\p{L})|committed|persisted|(?:up)?loaded|imported|delivered|published|acknowledged|confirmed|finished|erfolg|angenommen|aceptad|[eé]xito|r[eé]ussi|accett)'
const YES_STEM = new RegExp(`(?<!\\p{L})${YES_WORD}`, 'u')
/** What a sentence says of rows that were taken, beside the words that a status has for it. */
const YES_TEXT =
  /(?<!\p{L})(?:sent|visible|streamed|forwarded|pushed|added|registered|started|initiated|triggered|launched|staged|landed|posted|recorded|good|transferred|merged|synced|200|201|202)(?!\p{L})/u
const YES_OF_DRY_RUNS = /(?<!\p{L})(?:valid(?:ated)?|pass(?:ed)?|checked)(?!\p{L})/u

const FILLER =
  /^(?:all|and|the|a|an|http|https|data|rows?|records?|items?|requests?|batch|ingestion|operation|upsert|append|job|status|fully|was|were|is|are|has|have|been|be|for|to|in|into|will|2\d\d)$/

/** Words that say nothing of what became of rows, in a message of which each word is to be understood. */
const PLAIN_TALK =
  /^(?:of|on|at|by|from|with|within|after|this|that|these|your|you|our|it|its|we|being|had|as|every|each|both|now|shortly|soon|about|approximately|around|up|out|via|per|may|can|take|takes|thanks?|see|here|time|seconds?|minutes?|hours?|ms|s|background|loading|importing|writing|async(?:hronously)?|process(?:ing)?|ingesti?(?:on|ng)?|progress|position|ids?|task|run|messages?|events?|objects?|documents?|entry|entries|files?|upload|payload|tables?|columns?|lines?|dataset|stream|topic|queue|buffer|stage|staging|storage|store|database|warehouse|lake|pipeline|import|load|insert|update|write|transaction|api|server|service|node|worker|version|v|visible|available|appear|new|total|number|count|successfully|valid|most|everything|well|fine|yes|into|alle|zeilen|spalten|daten|und|wurden|sind|die|datos|filas|registros|todas|las|los|fueron|han|sido|con|donn[eé]es|lignes|ont|[eé]t[eé]|les|toutes|avec|succ[eè]s|dati|righe|sono|stat[ie]|successo|dados|linhas|foram|com|dry)$/u

// "no errors" and "failed: 0" say yes.
const DENIED_NO =
  /\b(?:no|zero|0|without(?: any)?|none|nothing)\s+(?:(?:rows?|records?|items?|were|was|any|of them)\s+){0,2}(?:errors?|failures?|failed|rejected|rejections?|issues?|problems?|warnings?|duplicates?|skipped|invalid)\b|\b(?:errors?|failures?|failed|rejected|issues?|warnings?|duplicates?|skipped|invalid)\s*[:=]\s*(?:0|none|\[\])(?!\d)/gu

const WARNED_OF_A_NO =
  /reject|fail|skip|ignor|discard|\bdrop|refus|\bnot\b|\berr|error|exclud|omit|quarantin|partial|truncat|duplicat|convert|chang|remov|filter|replac|\bset to\b|left out|adjust|round|coerc|\bcast|\bclip|\btrim|\bcut\b|modif|\balter|overwr|delet/u

/** What a text on a dry run says of every one. */
const OF_DRY_RUNS =
  /\bdry[- ]?run\b|\bsimulat\w*|\bpreview\b|\bwould\b|\b(?:no (?:rows?|records?|data)|nothing) (?:was |were |has been |have been |will be )?(?:written|stored|saved|persisted)\b/gu

const MAX_TEXT = 2_000

/** What was sent, as far as texts of an answer are measured by it. */
interface Sent {
  readonly sent: number
  /** Rows that the answer's own list names as failed. */
  readonly failed: number
  readonly dryRun: boolean
}

/** Whether a text can mean a no; a message does unless it says yes. */
export function canMeanNo(text: string, { sent, failed, dryRun }: Sent, isMessage: boolean): boolean {
  if (text.length > MAX_TEXT || /^\s*[{<]/.test(text)) return true
  const lower = withoutDenials(text, dryRun)
  if (!countsFit(lower, sent, failed) || (failed === 0 && !sharesAreWhole(lower))) return true
  // Words may be joined by hyphens, as in dead-letter.
  const isNo = NO.test(lower) || NO_TEXT.test(lower) || NO.test(lower.replace(/(?<=\p{L})-(?=\p{L})/gu, ' '))
  if (isMessage && !isNo && text.toLowerCase().search(DENIED_NO) < 0 && !isYes(lower, dryRun)) return true
  // Beside a list of failures it is that list which the text speaks of, unless it speaks of all rows.
  return isNo && (failed === 0 || /\ball\b|\bevery|\bnothing\b|\bnone\b|\bno\b|\bwhole\b/.test(lower))
}

function isYes(lower: string, dryRun: boolean): boolean {
  return YES_STEM.test(lower) || YES_TEXT.test(lower) || (dryRun && (YES_OF_DRY_RUNS.test(lower) || lower.trim() === ''))
}

const NUMBER_WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve']
const NUMBER_WORD = new RegExp(`\\b(?:${NUMBER_WORDS.join('|')}|single)\\b`, 'gu')
const PERCENTAGE = /\b(\d{1,3}(?:[.,]\d+)?)\s*%/gu

/** Times, versions, addresses, the words of HTTP for a yes. */
const OTHER_NUMBERS =
  /(?:https?:\/|(?<!\S))\/\p{L}\S*|\d{4}-\d\d-\d\d(?:[t ][\d:.]+z?)?|(?<!\d)\d+(?::\d+)+|(?<!\d)\d+\.\d+(?:\.\d+)*|\bhttp[ /]?\d+|\b200 ok\b|\b201 created\b/gu
/** A number with letters to it, as in an id; `3rows` and `2of3` are none. */
const ID = /^(?=.*\p{L})(?!\d+(?:rows?|records?|items?|of\d+)$)/u
const UNIT =
  /^\s*(?:ms|millis|milliseconds?|s|secs?|seconds?|min|minutes?|h|hours?|days?|bytes?|[kmg]i?b|batch(?:es)?|chunks?|requests?|parts?|pages?|shards?|partitions?|attempts?|files?)(?![\p{L}\d])/u
const LABEL =
  /(?<!\p{L})(?:requests?|job|batch|run|task|node|partition|shard|version|api|worker|attempt|page|status|code|id|no\.?|nr\.?|transaction|message|upload|ingestion|event|span|group|queue|depth|size|length|lag|region|zone|port|row|record|item|entry|line|index|position|#)\s*(?:id|number|no\.?|nr\.?|is|of)?\s*[:=#]?\s*$/u

const ROWS = '^\\s*(?:\\p{L}+ )?(?:(?:rows?|records?|items?|entries|objects?)(?!\\p{L}))'
const FAILED_BEHIND = new RegExp(`${ROWS}?\\s*(?:were |was |have |has )?(?:fail|reject|refus|invalid|skip)`, 'u')
const ACCEPTED_BEHIND = new RegExp(`${ROWS}?\\s*(?:were |was |have |has )?(?:accept|ingest|writ|stor)`, 'u')
const COUNTS_BEHIND = new RegExp(
  `${ROWS}|^\\s*(?:were |was )?(?:process|insert|updat|succe|ok\\b)|^\\s*(?:of|out of|\\/|from|von|de)\\s*\\d`,
  'u',
)
const COUNTS_BEFORE = /(?:accept|ingest|writ|stor|process|upsert|append|succe|ok\b)\p{L}*(?: (?:rows|records|items))?\s*[:=]\s*$/u
const CONTEXT = 40

/** Whether every number in a text, in lower case, that counts rows or may do so fits what was sent and what is listed as failed. */
function countsFit(text: string, sent: number, failed: number): boolean {
  const plain = inDigits(text)
    .replace(PERCENTAGE, '')
    .replace(OTHER_NUMBERS, '')
    .replace(/[\p{L}\d_-]+/gu, (word) => (/\d/.test(word) && ID.test(word) ? '' : word))
  return [...plain.matchAll(/\d+/g)].every(({ 0: digits, index: at }) => {
    const number = Number(digits)
    const end = at + digits.length
    const before = plain.slice(Math.max(0, at - CONTEXT), at)
    const behind = plain.slice(end, end + CONTEXT)
    if (UNIT.test(behind)) return true
    if (FAILED_BEHIND.test(behind)) return number === failed
    if (ACCEPTED_BEHIND.test(behind)) return number === sent - failed || LABEL.test(before)
    if ([sent, failed || sent, sent - failed].includes(number) || LABEL.test(before)) return true
    return number >= sent && !COUNTS_BEHIND.test(behind) && !COUNTS_BEFORE.test(before)
  })
}

/** Whether every share in a text is the whole. */
function sharesAreWhole(text: string): boolean {
  return [...text.matchAll(PERCENTAGE)].every(([, share = '']) => Number.parseFloat(share) === 100)
}

function inDigits(text: string): string {
  return text.replace(NUMBER_WORD, (word) => String(Math.abs(NUMBER_WORDS.indexOf(word))))
}

/** Whether a text has a word that can mean a no, and does not deny it. */
export function saysNo(text: string): boolean {
  return text.length > MAX_TEXT || NO.test(withoutDenials(text, false))
}

/** Whether a message says yes in a word that is known, and has none that can mean a no. */
export function meansYes(text: string): boolean {
  return !saysNo(text) && isYes(text.toLowerCase(), true)
}

/** Whether a warning says that something became of rows that nobody asked for. */
export function warnsOfNo(text: string): boolean {
  return text.length > MAX_TEXT || WARNED_OF_A_NO.test(withoutDenials(text, false))
}

/** Whether each word of a message is known, as one that says yes, as a name or as one that says nothing of rows; what is no word is none. */
export function isUnderstood(text: string, dryRun: boolean, names: readonly string[]): boolean {
  const words =
    inDigits(withoutDenials(text, dryRun))
      .replace(OTHER_NUMBERS, ' ')
      .match(/[\p{L}\d_]+/gu) ?? []
  return words.every(
    (word) => /[\d_]/.test(word) || isYes(word, dryRun) || names.includes(word) || FILLER.test(word) || PLAIN_TALK.test(word),
  )
}

/** A text in lower case without what denies a no, and on a dry run without what is said of every one. */
function withoutDenials(text: string, dryRun: boolean): string {
  const lower = text.toLowerCase().replace(DENIED_NO, '')
  return dryRun ? lower.replace(OF_DRY_RUNS, '') : lower
}

/** Whether a free text says yes in a word that is known. */
export function saysYes(text: string): boolean {
  return YES_STEM.test(text.slice(0, MAX_TEXT).toLowerCase())
}

/** Whether a status is one of the known good ones: each of its words is, or fills. */
export function isGoodStatus(status: string): boolean {
  const words = wordsOf(status)
  if (!YES_STEM.test(words) || NO.test(words) || NO_TEXT.test(words)) return /^(?:0|2\d\d)$/.test(words)
  return words.split(' ').every((word) => FILLER.test(word) || YES_STEM.test(word))
}

/** Whether a status beside a list of failures says no more than that there is one. */
export function isPartStatus(status: string): boolean {
  return /^(?:http )?(?:207|(?:207 )?(?:partial(?:ly)?|multi))(?: (?:success\w*|succeeded|accepted|completed?|processed|ok|status))*$/.test(
    wordsOf(status),
  )
}

/** Words in lower case with a space between them, however a name joins them. */
export function wordsOf(name: string): string {
  const apart = name.slice(0, 200).replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
  return apart
    .toLowerCase()
    .replace(/[^\p{L}\d]+/gu, ' ')
    .trim()
}
