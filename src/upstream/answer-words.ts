/** What the name of something in an answer speaks of. */
export type Topic = 'no' | 'warning' | 'dry' | 'opaque' | 'quota' | 'rate' | 'status' | 'results' | 'accepted' | 'part' | 'total' | 'other'

// Stems, not names, and of a few more languages than English: what begins or contains one of them can mean a no.
const NO_STEM =
  /\berr|error|fail|fehl|reject|rejet|rechaz|rifiut|abgelehn|invalid|inv[aá]lid|ung[uü]lt|verworf|refus|declin|\bden(?:y|ied|ial|egad)|exception|(?<!de)fault|skip|ignor|discard|\bdrop(?:ped|s)?\b|unproc|unsuc|unacc|unwr|unapp|unconf|unkn|unres|unauth|unavail|unable|unsupp|undeliv|unmatch|unvalid|abort|cancel|violat|duplicat|conflict|probl[eè]m|\bissues?\b|\bbad\b|missing|quarantin|dead ?letter|\bdlq\b|\bpending|remaining|left ?over|malform|corrupt|partial|incompl|throttl|limited|forbid|time[d]? ?out|expired|exceed|blocked|suspend|abandon|\blost\b|\bloss|exclud|omit|filtered|truncat|revert|roll(?:ed)? ?back|\bheld\b|on ?hold|review|approval|moderat|redirect|\blocation\b|\blog ?in\b|\bsign ?in\b|\bloginurl|captcha|challenge|\bretr(?:y|ie)|\bnot\b|\bkein|\bk\.?o\.?\b|\bnok\b|\bnack|crash|outage|mainten|overload|\bbusy\b|[eé]chec|[eé]chou|fallo|fallid|\berro\b|negad|mismatch|wrong|\bfatal|\bcritical|\bpanic|read ?only|disabled|back ?pressure|\balready\b|\bsso\b|\bsaml|\boauth/u

const NO_TEXT =
  /\bno\b|\bnone\b|\bnothing\b|\bnever\b|\bcannot\b|n['’]t\b|\bonly\b|\bexcept|\bhowever\b|\bzero\b|\bsome\b|\bfew\b|\bhalf\b|(?<!at )\bmost\b|\b(?:several|many|part|majority|fraction) (?:of )?(?:the )?(?:rows|records|items|entries)|\bpartly\b|\balmost\b|\bnearly\b|\bwould\b|(?:\bis|queue|buffer|storage|disk|space|table) full\b|\blater\b|\bagain\b|\bmust\b|requir|\bplease\b|\bwait\b|sorry|unfortun|\boops|authenticat|credential|permission|\bclosed\b|\blocked\b|\bstopp|\bpaus|\bdefer|\bdelay|postpon|\bdry\b|simulat|preview|\bmoved\b|terminat|<html|doctype|quota|\btoo (?:many|large|long|big)|illegal|\bnicht\b|\bpas\b|aucun|\bnon\b|ningun|nessun|\bniet\b|\bnie\b|\bn[aã]o\b/u

const WARNED_OF_A_NO =
  /reject|fail|skip|ignor|discard|\bdrop|refus|\bnot\b|\berr|error|exclud|omit|quarantin|partial|truncat|duplicat|convert|chang/u

const YES_STEM =
  /\bok(?:ay)?\b|succe|accept|\bdone\b|queued|buffered|received|ingest|complete|created|processed|written|\bwrote\b|inserted|updated|upserted|appended|applied|\bsaved\b|stored|submitted|scheduled|\btaken\b|committed|persisted|loaded|imported|delivered|published|acknowledged|confirmed|finished|erfolg|angenommen|aceptad|[eé]xito|r[eé]ussi|accett/u

const FILLER =
  /^(?:all|and|the|a|an|http|https|data|rows?|records?|items?|requests?|batch|ingestion|operation|upsert|append|job|status|fully|was|were|is|are|has|have|been|be|for|to|in|into|will|2\d\d)$/

// "no errors" and "failed: 0" say yes.
const DENIED_NO =
  /\b(?:no|zero|0|without(?: any)?|none|nothing)\s+(?:(?:rows?|records?|items?|were|was|any|of them)\s+){0,2}(?:errors?|failures?|failed|rejected|rejections?|issues?|problems?|warnings?|skipped|invalid)\b|\b(?:errors?|failures?|failed|rejected|issues?|warnings?|skipped|invalid)\s*[:=]\s*(?:0|none|\[\])(?!\d)/gu

const TOPICS: readonly (readonly [Topic, RegExp])[] = [
  ['warning', /\bwarn|\bnotices?\b|\bhints?\b/],
  ['quota', /\b(?:limits?|quotas?|rate ?limits?)\b/],
  ['opaque', /\b(?:table|policy|threshold|max|maximum)\b/],
  ['no', new RegExp(`${NO_STEM.source}|\\bcategory\\b`, 'u')],
  // Ids of accepted rows are as many as these.
  ['accepted', /\b(?:accept|insert|creat|upsert|updat|ingest|process|writ|succ)\w* (?:rows? |records? )?(?:ids|keys|index[es]*|indices)$/],
  ['dry', /\bdry|\bwould\b|simulat|preview|valid\w* ?only|rehears|\bno ?op\b|test ?mode|\bmock/],
  [
    'opaque',
    /\b(?:id|ids|uuid|guid|token|trace|traceparent|correlation|etag|hash|checksum|cursor|object|solution|schema|tenant|host|server|node|region|version|timestamp|date|time|at|ts|ms|millis|milliseconds|secs?|seconds|duration|took|elapsed|latency|columns|uptime|batch|batches|page|offset|requests?|chunks?|attempts?|partition|shard|index|number|position|line|by|to|into|on|from|via)$|\bbytes\b|\b(?:queue|buffer|backlog|stream) (?:depth|size|length|lag)$|\btook|\b(?:request|job|batch|trace|correlation|message|transaction|run|upload|ingestion|operation|event|task|span)id$|\b(?:took|elapsed|duration|time|latency)ms$/,
  ],
  ['rate', /\b(?:rate|percent|percentage|pct|ratio)\b/],
  ['status', /\b(?:status|state|outcome|result|verdict|disposition|decision|phase)(?:\b|code|text|es\b)|code\b|^ret$|\breturn/],
  ['results', /\b(?:results|outcomes|statuses|rowresults|responses)\b/],
  [
    'accepted',
    /accept|succ|ingest|process|writ|\bstor|\bsav|complet|applied|persist|commit|\bload|import|queue|buffer|publish|deliver|\bok\b|\bgood\b|valid|affect|upsert|\back\b|acknowledg|confirm|\bdone\b|\bpass|\bmerged\b|taken/,
  ],
  ['part', /insert|updat|creat|\badded\b|modif|unchanged|replac|append/],
  ['total', /total|receiv|submit|count|\brows\b|\brecords\b|\bitems\b|\bentries\b|\bsent\b/],
]

const topics = new Map<string, Topic>()
const MAX_TOPICS = 1_000

/** What a name speaks of, by the stems of its words; names that occur often are looked up once. */
export function topicOf(name: string): Topic {
  const known = topics.get(name)
  if (known !== undefined) return known
  const words = wordsOf(name)
  const topic = TOPICS.find(([, stems]) => stems.test(words))?.[0] ?? 'other'
  if (topics.size < MAX_TOPICS && name.length <= 64) topics.set(name, topic)
  return topic
}

/** Words in lower case with a space between them, however a name joins them. */
function wordsOf(name: string): string {
  const apart = name.slice(0, 200).replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
  return apart
    .toLowerCase()
    .replace(/[^\p{L}\d]+/gu, ' ')
    .trim()
}

/** What a text on a dry run says of every one. */
const OF_DRY_RUNS =
  /\bdry[- ]?run\b|\bsimulat\w*|\bpreview\b|\bwould\b|\b(?:no (?:rows?|records?|data)|nothing) (?:was |were |has been |have been |will be )?(?:written|stored|saved|persisted)\b/gu

/** Whether a free text can mean a no for rows of which so many were sent and so many are listed as failed. */
export function canMeanNo(text: string, { sent, failed, dryRun }: { sent: number; failed: number; dryRun: boolean }): boolean {
  const whole = text.slice(0, 2_000).toLowerCase().replace(DENIED_NO, '')
  const lower = dryRun ? whole.replace(OF_DRY_RUNS, '') : whole
  const counts = failed === 0 ? [sent] : [sent, failed, sent - failed]
  if (!countsFit(lower, counts)) return true
  const saysNo = NO_STEM.test(lower) || NO_TEXT.test(lower)
  // Beside a list of failures it is that list which the text speaks of, unless it speaks of all rows.
  return saysNo && (failed === 0 || /\ball\b|\bevery|\bnothing\b|\bnone\b|\bno\b|\bwhole\b/.test(lower))
}

const NUMBER_WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve']
const NUMBER_WORD = new RegExp(`\\b(?:${NUMBER_WORDS.join('|')}|single)\\b`, 'gu')
const COUNTED =
  /\b(\d{1,9})\s*(?:(?:of|out of|\/|from|von|de)\s*(?:the\s+)?(\d{1,9})|(?:\p{L}+ )?(?:rows?|records?|items?|entries|objects?)\b|(?:were |was )?(?:accept|ingest|writ|stor|process|insert|updat|succe|ok\b))/gu
const COUNTED_BEHIND =
  /\b(?:accept|ingest|writ|stor|process|upsert|append|succe|ok\b)\p{L}*(?: (?:rows|records|items))?\s*[:=]\s*(\d{1,9})\b()/gu
const PERCENTAGE = /\b(\d{1,3}(?:[.,]\d+)?)\s*%/gu

/** Whether every number in a text that counts rows is one of these, and every share of them is the whole. */
function countsFit(text: string, known: readonly number[]): boolean {
  const inDigits = text.replace(NUMBER_WORD, (word) => String(Math.abs(NUMBER_WORDS.indexOf(word))))
  const counted = [...inDigits.matchAll(COUNTED), ...inDigits.matchAll(COUNTED_BEHIND)]
  const areKnown = counted.every(([, one, other]) => [one, other].every((digits) => !digits || known.includes(Number(digits))))
  const shares = YES_STEM.test(text) && known.length === 1 ? [...inDigits.matchAll(PERCENTAGE)] : []
  return areKnown && shares.every(([, share = '']) => Number.parseFloat(share) === 100)
}

/** Whether a text has a word that can mean a no, and does not deny it. */
export function saysNo(text: string): boolean {
  return NO_STEM.test(text.slice(0, 2_000).toLowerCase().replace(DENIED_NO, ''))
}

/** Whether a warning says that something became of rows that nobody asked for. */
export function warnsOfNo(text: string): boolean {
  return WARNED_OF_A_NO.test(text.slice(0, 2_000).toLowerCase().replace(DENIED_NO, ''))
}

/** Whether a free text says yes in a word that is known. */
export function saysYes(text: string): boolean {
  return YES_STEM.test(text.slice(0, 2_000).toLowerCase())
}

/** Whether a status is one of the known good ones: each of its words is, or fills. */
export function isGoodStatus(status: string): boolean {
  const words = wordsOf(status)
  if (!YES_STEM.test(words) || NO_STEM.test(words) || NO_TEXT.test(words)) return /^(?:0|2\d\d)$/.test(words)
  return words.split(' ').every((word) => FILLER.test(word) || YES_STEM.test(word))
}

/** Whether a status beside a list of failures says no more than that there is one. */
export function isPartStatus(status: string): boolean {
  return /^(?:http |207 )?(?:partial(?:ly)?|multi)(?: (?:success\w*|succeeded|accepted|completed?|processed|ok|status))*$/.test(
    wordsOf(status),
  )
}
