const NUMBER_WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve']
const OTHER_WORDS: Readonly<Record<string, number>> = { single: 1, both: 2, pair: 2, dozen: 12 }
const NUMBER_WORD = new RegExp(`\\b(?:${[...NUMBER_WORDS, ...Object.keys(OTHER_WORDS)].join('|')})\\b`, 'gu')
const PERCENTAGE = /\b(\d{1,3}(?:[.,]\d+)?)\s*%/gu

/** Numbers that count nothing: in paths, dates, times, versions and addresses, and in HTTP's words for a yes. */
const NO_COUNTS =
  /(?:https?:\/|(?<!\S))\/\p{L}\S*|\d{4}-\d\d-\d\d(?:[t ][\d:.]+z?)?|(?<!\d)\d+(?::\d+)+|(?<!\d)\d+\.\d+(?:\.\d+)*|\bhttp[ /]?\d+|\b200 ok\b|\b201 created\b/gu
/** A number with letters to it is an id; `3rows` and `2of3` are counts. */
const ID = /^(?=.*\p{L})(?!\d+(?:rows?|records?|items?|of\d+)$)/u

/** Behind a number: it measures something else than rows. */
const UNIT_BEHIND =
  /^\s*(?:ms|millis|milliseconds?|s|secs?|seconds?|min|minutes?|h|hours?|days?|bytes?|[kmg]i?b|batch(?:es)?|chunks?|requests?|parts?|pages?|shards?|partitions?|attempts?|files?)(?![\p{L}\d])/u
/** Before a number: it names or measures something, as in `job 7`, `row 2` or `depth: 3`. */
const LABEL_BEFORE =
  /(?<!\p{L})(?:requests?|job|batch|run|task|node|partition|shard|version|api|worker|attempt|page|status|code|id|no\.?|nr\.?|transaction|message|upload|ingestion|event|span|group|queue|depth|size|length|lag|region|zone|port|row|record|item|entry|line|index|position|#)\s*(?:id|number|no\.?|nr\.?|is|of)?\s*[:=#]?\s*$/u

const ROWS = '^\\s*(?:\\p{L}+ )?(?:(?:rows?|records?|items?|entries|objects?)(?!\\p{L}))'
const WERE = '\\s*(?:were |was |have |has )?'
const FAILED_BEHIND = new RegExp(`${ROWS}?${WERE}(?:fail|reject|refus|invalid|skip)`, 'u')
const ACCEPTED_BEHIND = new RegExp(`${ROWS}?${WERE}(?:accept|ingest|writ|stor)`, 'u')
const COUNTS_BEHIND = new RegExp(
  `${ROWS}|^\\s*(?:were |was )?(?:process|insert|updat|succe|ok\\b)|^\\s*(?:of|out of|\\/|from|von|de)\\s*\\d`,
  'u',
)
const COUNTS_BEFORE = /(?:accept|ingest|writ|stor|process|upsert|append|succe|ok\b)\p{L}*(?: (?:rows|records|items))?\s*[:=]\s*$/u
/** Between a number and how many there are in all. */
const OUT_OF = '(?:rows? |records? |items? |entries )?(?:of|out of|from|von|de|\\/)\\s*(?:the |all )?'
const TOTAL_BEFORE = new RegExp(`\\d\\s*${OUT_OF}$`, 'u')
const TOTAL_BEHIND = new RegExp(`^\\s*${OUT_OF}\\d+`, 'u')
/** How many characters on either side of a number are looked at. */
const CONTEXT = 40

/** Whether each number in a text, in lower case, that counts rows or may do so fits what was sent and what is listed as failed. */
export function countsFit(text: string, sent: number, failed: number): boolean {
  const plain = inDigits(text)
    .replace(PERCENTAGE, '')
    .replace(NO_COUNTS, '')
    .replace(/[\p{L}\d_-]+/gu, (word) => (/\d/.test(word) && ID.test(word) ? '' : word))
  return [...plain.matchAll(/\d+/g)].every(({ 0: digits, index: at }) => {
    const number = Number(digits)
    const end = at + digits.length
    const before = plain.slice(Math.max(0, at - CONTEXT), at)
    const behind = plain.slice(end, end + CONTEXT)
    if (UNIT_BEHIND.test(behind)) return true
    if (TOTAL_BEFORE.test(before)) return number === sent
    const ofWhat = behind.replace(TOTAL_BEHIND, '')
    if (FAILED_BEHIND.test(ofWhat)) return number === failed
    if (ACCEPTED_BEHIND.test(ofWhat)) return number === sent - failed || LABEL_BEFORE.test(before)
    if ([sent, failed || sent, sent - failed].includes(number) || LABEL_BEFORE.test(before)) return true
    return number >= sent && !COUNTS_BEHIND.test(behind) && !COUNTS_BEFORE.test(before)
  })
}

/** Whether every percentage in a text is 100 %. */
export function sharesAreWhole(text: string): boolean {
  return [...text.matchAll(PERCENTAGE)].every(([, share = '']) => Number.parseFloat(share) === 100)
}

/** The words and numbers of a text, without its paths, dates, times, versions and addresses. */
export function wordsIn(text: string): readonly string[] {
  return (
    inDigits(text)
      .replace(NO_COUNTS, ' ')
      .match(/[\p{L}\d_]+/gu) ?? []
  )
}

function inDigits(text: string): string {
  return text.replace(NUMBER_WORD, (word) => String(OTHER_WORDS[word] ?? NUMBER_WORDS.indexOf(word)))
}
