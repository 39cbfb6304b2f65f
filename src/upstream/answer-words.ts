import type { Destination } from '../ingest/upstream-port.ts'
import { objectName } from '../resource/module.ts'
import { NO, wordsOf } from './answer-texts.ts'

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

const TOPICS: readonly (readonly [Topic, RegExp])[] = [
  ['warning', /\bwarn|\bnotices?\b|\bhints?\b/],
  ['quota', /\b(?:limits?|quotas?|rate ?limits?|threshold|max|maximum)\b/],
  ['opaque', /(?<!\b(?:unknown|missing|invalid|undefined) )\b(?:table|policy)\b/],
  [
    'no',
    new RegExp(`${NO.source}|\\bcategory\\b|\\b(?:deduped|removed|deleted|purged|coerced|late|locked|orphan(?:s|ed)?|ineligible)\\b`, 'u'),
  ],
  // Of an answer in pages the next ones may name rows that failed.
  [
    'more',
    /^(?:has |have |is |any )?more(?: (?:rows|results|records|items|entries|failed|failures|errors|pages|data|available))*$|\bnext(?: (?:page|link|ur[il]|href|token|cursor|marker|offset|key))*$|\bcontinuation\b|\bpages$|\bpage count$/,
  ],
  // Ids of accepted rows are as many as these.
  [
    'accepted',
    /\b(?:accept|insert|creat|upsert|updat|ingest|process|writ|succ)\w* (?:rows? |records? )?(?:ids|keys|index[es]*|indices)$|^(?:(?!(?:request|batch|job|task|trace|span|partition|shard|node|page|chunk|run|worker|stream|queue|operation|transaction)s? )\p{L}+ )?(?:ids|uuids)$|\b(?:accept|ingest|writ|process|stor|insert)\w* (?:\w+ )?(?:up to|through|until|(?:this|per|in) (?:request|batch|call))$/u,
  ],
  ['dry', /\bdry|\bwould\b|simulat|preview|valid\w* ?only|rehears|\bno ?op\b|test ?mode|\bmock|\bsandbox/],
  [
    'opaque',
    /\b(?:id|ids|uuid|guid|token|trace|traceparent|correlation|etag|hash|checksum|cursor|object|solution|schema|tenant|host|server|node|region|version|timestamp|date|time|at|ts|ms|millis|milliseconds|secs?|seconds|minutes|hours|priority|duration|took|elapsed|latency|columns|uptime|batch|batches|page|offset|rev|revision|seq|sequence|key|requests?|chunks?|attempts?|partition|shard|index|number|position|line|by|to|into|on|from|via)$|\b(?:status|state|results?) (?:ur[il]|href|link)$|\bbytes\b|\b(?:queue|buffer|backlog|stream) (?:depth|size|length|lag)$|\btook|\b(?:request|job|batch|trace|correlation|message|transaction|run|upload|ingestion|operation|event|task|span)id$|\b(?:took|elapsed|duration|time|latency)ms$/,
  ],
  ['rate', /\b(?:rate|percent|percentage|pct|ratio)\b/],
  [
    'status',
    /\b(?:status|state|outcome|result|verdict|disposition|decision|phase)(?:\b|code|text|es\b)|code\b|^r(?:et(?:val)?|c)$|\breturn/,
  ],
  ['results', /\b(?:results|outcomes|statuses|rowresults|responses)\b/],
  [
    'accepted',
    /accept|succ|ingest|process|writ|\bstor|\bsav|complet|applied|persist|commit|\bload|import|queue|buffer|publish|deliver|\bok\b|\bgood\b|valid|affect|upsert|\backs?\b|\backed\b|acknowledg|confirm|\bdone\b|\bpass|\bmerged\b|taken/,
  ],
  ['part', /insert|updat|creat|\badded\b|modif|unchanged|replac|append/],
  ['total', /total|receiv|submit|count|\brows\b|\brecords\b|\bitems\b|\bentries\b|\bsent\b|^n$|\bnum\b|\bnb\b/],
  // Names with letters that are not Latin ones are not understood, and what stands under them may be a message.
  [
    'message',
    /messag|\bmsg|mensa[jg]|messaggio|meldung|nachricht|\btexte?\b|\btext[os]?\b|detail|descri|reason|cause|\binfo|comment|remark|explan|summary|\btitle\b|(?=[^\p{Script=Latin}])\p{L}/u,
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
