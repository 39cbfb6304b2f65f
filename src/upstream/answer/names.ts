import type { Destination } from '../../ingest/batch.ts'
import type { Resource } from '../../resource/define-resource.ts'
import { objectName } from '../../resource/module.ts'
import { byName, plainName } from '../lenient-read.ts'
import { anyOf } from './any-of.ts'
import { NO, NO_OF_ROWS } from './no-words.ts'
import { wordsOf } from './texts.ts'

/** What a member of an answer is about, by its name. */
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

/** Things with ids of their own, which are not rows. */
const NOT_ROWS = 'request|batch|job|task|trace|span|partition|shard|node|page|chunk|run|worker|stream|queue|operation|transaction'
const ROWS = '(?:rows?|records?|items?|entries|documents|docs|count|total|num|n)'
/** At the end of a name. */
const AT_END = ['\\b', '$'] as const

// Tried in order, against the words of a name: the first match is its topic.
const TOPICS: readonly (readonly [Topic, RegExp])[] = [
  ['warning', anyOf(['warn*, notices?, hints?'])],
  ['quota', anyOf(['limits?, ratelimits?, quotas?, threshold, max, maximum'])],
  ['opaque', anyOf(['(?<!\\b(?:unknown|missing|invalid|undefined) )(?:table|policy)'])],
  ['no', NO],
  ['no', anyOf(['category, deduped, removed, deleted, purged, coerced, late, locked, orphan(?:s|ed)?, ineligible'])],
  ['no', new RegExp(`^(?:${ROWS} )*(?:${NO_OF_ROWS})(?: ${ROWS})*$`, 'u')],
  // A paged answer: further pages may name failed rows.
  [
    'more',
    anyOf([
      '^(?:has |have |is |any )?more(?: (?:rows|results|records|items|entries|failed|failures|errors|pages|data|available))*$',
      'next(?: (?:page|link|ur[il]|href|token|cursor|marker|offset|key))*$, continuation, pages$, page count$',
    ]),
  ],
  // Lists of ids of accepted rows, which count them.
  [
    'accepted',
    anyOf([
      '(?:accept|insert|creat|upsert|updat|ingest|process|writ|succ)\\w* (?:rows? |records? )?(?:ids|keys|index[es]*|indices)$',
      '(?:accept|ingest|writ|process|stor|insert)\\w* (?:\\w+ )?(?:up to|through|until|(?:this|per|in) (?:request|batch|call))$',
      `*^(?:(?!(?:${NOT_ROWS})s? )\\p{L}+ )?(?:ids|uuids)$`,
      '^(?:rows? |records? |items? )?keys$',
    ]),
  ],
  ['dry', anyOf(['dry*, would, *simulat*, *preview*, *valid\\w* ?only*, *rehears*, no ?op, *test ?mode*, mock*, sandbox*'])],
  // What is identified, where and when it was, and how long it took.
  [
    'opaque',
    anyOf(
      [
        'id, ids, uuid, guid, token, trace, traceparent, correlation, etag, hash, checksum, cursor, key, rev, revision, version',
        'object, solution, schema, tenant, host, servers?, nodes?, regions?, partitions?, shards?, batch, batches, requests?, chunks?, attempts?',
        'page, offset, index, number, position, line, seq, sequence, columns, priority, by, to, into, on, from, via',
        'ttl, eta, interval, age, lag, expires in, tier, level, cluster, zone, instance, pid, port, cost, credits, workers?, threads?, parts?, epoch',
        'timestamp, date, time, at, ts, ms, millis, milliseconds, secs?, seconds, minutes, hours, duration, elapsed, latency, uptime',
        '(?:status|state|results?) (?:ur[il]|href|link), (?:queue|buffer|backlog|stream) (?:depth|size|length|lag)',
        `(?:${NOT_ROWS}|column|attribute|field|table|file)s? (?:count|total)`,
        '(?:payload|body|message|request|response) size, (?:size in )?[kmg]i?b, scheduled ingestion',
        '(?:request|job|batch|trace|correlation|message|transaction|run|upload|ingestion|operation|event|task|span)id',
        '(?:elapsed|duration|time|latency)ms',
      ],
      AT_END,
    ),
  ],
  ['opaque', anyOf(['bytes, took*'])],
  ['rate', anyOf(['rate, percent, percentage, pct, ratio'])],
  ['rate', anyOf(['progress'], AT_END)],
  [
    'status',
    anyOf([
      '(?:status|state|outcome|result|verdict|disposition|decision|phase)(?:\\b|code|text|es\\b)*',
      '*codes?, ^r(?:et(?:val)?|c)$, return*, states, verdicts, decisions, dispositions',
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
  // Words that say more of rows than of other things only where they stand alone, or with the rows.
  [
    'accepted',
    new RegExp(
      `^(?:${ROWS} )*(?:staged|landed|forwarded|flushed|indexed|synced|kept|recorded|registered|transferred|streamed|pushed)(?: ${ROWS})*$`,
      'u',
    ),
  ],
  ['part', anyOf(['*insert*, *updat*, *creat*, added, *modif*, *unchanged*, *replac*, *append*'])],
  ['total', anyOf(['*total*, *receiv*, *submit*, *count*, rows, records, items, entries, sent, ^n$, num, nb'])],
  // Names in other scripts are not understood: their values may be messages.
  [
    'message',
    anyOf([
      '*messag*, msg*, *detail*, *descri*, *reason*, *cause*, info*, *comment*, *remark*, *explan*, *summary*, title, text[eos]?',
      '*mensa[jg]*, *meldung*, *nachricht*, *(?=[^\\p{Script=Latin}])\\p{L}*',
    ]),
  ],
]

const MAX_NAME = 200

/** The topic of a name, by the stems of its words. */
export const topicOf = byName<Topic>((name) => {
  // Too long to be examined: it can mean anything.
  if (name.length > MAX_NAME) return 'no'
  const words = wordsOf(name)
  return TOPICS.find(([, stems]) => stems.test(words))?.[0] ?? 'other'
})

/** Whether a name is that of the upstream's object, in singular or plural: what stands under it are rows, or their number. */
export function isNameOf(name: string, { object }: Resource): boolean {
  const singular = (text: string) => plainName(text).replace(/s$/, '')
  return singular(name) === singular(object)
}

/** Whether the name of a limit, table or policy says that it was hit or violated. */
export function saysHit(name: string): boolean {
  const words = wordsOf(name)
  return NO.test(words) || /\b(?:reached|hit|over|above|locked|breach\w*)\b/.test(words)
}

/** Other words for the operations in answers. */
const SYNONYMS = { UPSERT: 'merge', APPEND: 'insert' } as const
const OPERATIONS = /^(?:upsert|append|insert|merge|update|replace|delete|remove|truncate|validate|read|get|select|none)$/i
const OBJECT = /^[A-Z][A-Z0-9_]*$/
const NOT_MEANT = /dry|valid|test|simul|preview|mock|no-?op/i

/** The values with which an answer may echo the request under this name. */
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
 * Whether a value shows that the answer is about another request: another solution, object or operation, or a dry run. It must not be
 * one of `namesOf`.
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
      // Some servers name the kind of response here, in lower case.
      return OBJECT.test(value)
    case 'mode':
      return NOT_MEANT.test(value) && !dryRun
    default:
      return false
  }
}
