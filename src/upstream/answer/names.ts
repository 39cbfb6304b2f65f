import type { Destination } from '../../ingest/upstream-port.ts'
import { objectName } from '../../resource/module.ts'
import { anyOf } from './any-of.ts'
import { NO } from './no-words.ts'
import { wordsOf } from './texts.ts'

/** What the name of something in an answer speaks of. */
export type Topic =
  | 'no'
  | 'warning'
  | 'dry'
  | 'opaque'
  | 'quota'
  | 'rate'
  | 'status'
  | 'results'
  | 'more'
  | 'accepted'
  | 'part'
  | 'total'
  | 'message'
  | 'other'

/** What has ids of its own: under these no row is meant. */
const NOT_ROWS = 'request|batch|job|task|trace|span|partition|shard|node|page|chunk|run|worker|stream|queue|operation|transaction'
/** At the end of a name. */
const AT_END = ['\\b', '$'] as const

// The first topic that finds something in a name, of which the words stand apart, is the one it speaks of.
const TOPICS: readonly (readonly [Topic, RegExp])[] = [
  ['warning', anyOf(['warn*, notices?, hints?'])],
  ['quota', anyOf(['limits?, ratelimits?, quotas?, threshold, max, maximum'])],
  ['opaque', anyOf(['(?<!\\b(?:unknown|missing|invalid|undefined) )(?:table|policy)'])],
  ['no', NO],
  ['no', anyOf(['category, deduped, removed, deleted, purged, coerced, late, locked, orphan(?:s|ed)?, ineligible'])],
  // Of an answer in pages the next ones may name rows that failed.
  [
    'more',
    anyOf([
      '^(?:has |have |is |any )?more(?: (?:rows|results|records|items|entries|failed|failures|errors|pages|data|available))*$',
      'next(?: (?:page|link|ur[il]|href|token|cursor|marker|offset|key))*$, continuation, pages$, page count$',
    ]),
  ],
  // Ids of accepted rows are as many as these.
  [
    'accepted',
    anyOf([
      '(?:accept|insert|creat|upsert|updat|ingest|process|writ|succ)\\w* (?:rows? |records? )?(?:ids|keys|index[es]*|indices)$',
      '(?:accept|ingest|writ|process|stor|insert)\\w* (?:\\w+ )?(?:up to|through|until|(?:this|per|in) (?:request|batch|call))$',
      `*^(?:(?!(?:${NOT_ROWS})s? )\\p{L}+ )?(?:ids|uuids)$`,
    ]),
  ],
  ['dry', anyOf(['dry*, would, *simulat*, *preview*, *valid\\w* ?only*, *rehears*, no ?op, *test ?mode*, mock*, sandbox*'])],
  // What is identified, where and when it was, and how long it took.
  [
    'opaque',
    anyOf(
      [
        'id, ids, uuid, guid, token, trace, traceparent, correlation, etag, hash, checksum, cursor, key, rev, revision, version',
        'object, solution, schema, tenant, host, server, node, region, partition, shard, batch, batches, requests?, chunks?, attempts?',
        'page, offset, index, number, position, line, seq, sequence, columns, priority, by, to, into, on, from, via',
        'timestamp, date, time, at, ts, ms, millis, milliseconds, secs?, seconds, minutes, hours, duration, elapsed, latency, uptime',
        '(?:status|state|results?) (?:ur[il]|href|link), (?:queue|buffer|backlog|stream) (?:depth|size|length|lag)',
        '(?:request|job|batch|trace|correlation|message|transaction|run|upload|ingestion|operation|event|task|span)id',
        '(?:elapsed|duration|time|latency)ms',
      ],
      AT_END,
    ),
  ],
  ['opaque', anyOf(['bytes, took*'])],
  ['rate', anyOf(['rate, percent, percentage, pct, ratio'])],
  [
    'status',
    anyOf([
      '(?:status|state|outcome|result|verdict|disposition|decision|phase)(?:\\b|code|text|es\\b)*',
      '*code, ^r(?:et(?:val)?|c)$, return*',
    ]),
  ],
  ['results', anyOf(['results, outcomes, rowresults, responses'])],
  [
    'accepted',
    anyOf([
      '*accept*, *succ*, *complet*, *confirm*, *acknowledg*, ack(?:s|ed)?, ok, good, *valid*, done, pass*, *taken*',
      '*ingest*, *process*, *writ*, stor*, sav*, *applied*, *persist*, *commit*, load*, *import*, *upsert*, merged, *affect*',
      '*queue*, *buffer*, *publish*, *deliver*',
    ]),
  ],
  ['part', anyOf(['*insert*, *updat*, *creat*, added, *modif*, *unchanged*, *replac*, *append*'])],
  ['total', anyOf(['*total*, *receiv*, *submit*, *count*, rows, records, items, entries, sent, ^n$, num, nb'])],
  // Names with letters that are not Latin ones are not understood, and what stands under them may be a message.
  [
    'message',
    anyOf([
      '*messag*, msg*, *detail*, *descri*, *reason*, *cause*, info*, *comment*, *remark*, *explan*, *summary*, title, text[eos]?',
      '*mensa[jg]*, *meldung*, *nachricht*, *(?=[^\\p{Script=Latin}])\\p{L}*',
    ]),
  ],
]

const topics = new Map<string, Topic>()
const MAX_TOPICS = 1_000
const MAX_NAME = 200

/** What a name speaks of, by the stems of its words; names that occur often are looked up once. */
export function topicOf(name: string): Topic {
  const known = topics.get(name)
  if (known !== undefined) return known
  // What is not looked at as a whole can mean anything.
  if (name.length > MAX_NAME) return 'no'
  const words = wordsOf(name)
  const topic = TOPICS.find(([, stems]) => stems.test(words))?.[0] ?? 'other'
  if (topics.size < MAX_TOPICS && name.length <= 64) topics.set(name, topic)
  return topic
}

/** Whether a name of a limit, a table or a policy says that one was hit, or that something of it went wrong. */
export function saysHit(name: string): boolean {
  const words = wordsOf(name)
  return NO.test(words) || /\b(?:reached|hit|over|above|locked|breach\w*)\b/.test(words)
}

/** Words by which an answer names what it did, beside the operation itself. */
const SYNONYMS = { UPSERT: 'merge', APPEND: 'insert' } as const
const OPERATIONS = /^(?:upsert|append|insert|merge|update|replace|delete|remove|truncate|validate|read|get|select|none)$/i
const OBJECT = /^[A-Z][A-Z0-9_]*$/
const NOT_MEANT = /dry|valid|test|simul|preview|mock|no-?op/i

/** What of the request an answer may repeat under a plain name. */
export function namesOf(name: string, { solution, resource, operation }: Destination): readonly string[] {
  switch (name) {
    case 'solutionname':
      return [solution.name]
    case 'operation':
    case 'operationtype':
      return [operation, SYNONYMS[operation]]
    case 'object':
    case 'objectname':
      return [resource.object, objectName(solution, resource)]
    default:
      return []
  }
}

/**
 * Whether something in an answer, by its plain name, says that it is about another request than the one sent: another solution,
 * object or operation, or a trial. The value is none that the request itself has under the name.
 */
export function namesAnother(name: string, value: string, dryRun: boolean): boolean {
  switch (name) {
    case 'solutionname':
      return true
    case 'operation':
    case 'operationtype':
      return OPERATIONS.test(value)
    case 'object':
    case 'objectname':
      // Some servers name the kind of thing they answer with like this, in lower case.
      return OBJECT.test(value)
    case 'mode':
      return NOT_MEANT.test(value) && !dryRun
    default:
      return false
  }
}
