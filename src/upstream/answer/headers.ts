import type { IncomingHttpHeaders } from 'node:http'
import { wholeNumber } from '../lenient-read.ts'
import { topicOf } from './names.ts'
import { isNothing } from './plain-values.ts'
import { saysMore } from './values.ts'

/** A repeated header is one with all its values. */
export function headerText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header
}

type Denies = (name: string, value: string, rows: number | undefined) => boolean

const LINK_TO_NEXT = /\brel="?[^",;]*\bnext\b/i

/** Whether headers tell that the body is a part, or one page of several. */
export function tellOfMore(headers: IncomingHttpHeaders): boolean {
  return some(headers, (name, value) => {
    if (name === 'link') return LINK_TO_NEXT.test(value)
    return name === 'content-range' || (topicOf(name) === 'more' && saysMore(value))
  })
}

/** Fewer words than for bodies: many headers are about caches, quotas and pages. */
const OF_A_FAILURE = /(?:^|-)(?:error|exception|fail(?!over)|reject)/

/** Another status than that of the response, of gRPC or HTTP; a list that ends in a yes is of attempts, as nginx has it. */
const OF_A_FAILED_CALL = /^grpc-status: [1-9]|(?:^|-)status(?:-code)?: [45]\d\d\b(?!.*\b2\d\d\b)|^content-type: application\/problem\+/

const OF_ROWS = /(?:^|-)(?:rows?|records?)(?:-|$)/

const tellsOfFailure: Denies = (name, value, rows) => {
  if (OF_A_FAILURE.test(name)) return !isNothing(value)
  if (rows === undefined || !OF_ROWS.test(name)) return OF_A_FAILED_CALL.test(`${name}: ${value}`)
  const topic = topicOf(name)
  if (topic === 'no') return !isNothing(value)
  return ['accepted', 'part', 'total'].includes(topic) && (wholeNumber(value) ?? rows) < rows
}

const OF_A_CACHE = /(?:^|-)cache(?:-status)?: .*(?:hit\b|stale|updating|revalidated)|^age: 0*[1-9]|^warning: 11[0-2]\b/i

/** A cache has no answer to rows that it has not passed on: what it says was said to an earlier request. */
const comesFromCache: Denies = (name, value, rows) => rows !== undefined && OF_A_CACHE.test(`${name}: ${value}`)

/** Whether headers take the yes of a status back: they tell of a failure, such as one behind the upstream's gateway, of fewer rows, or of a cache. */
export function takeBackYes(headers: IncomingHttpHeaders, rows: number | undefined): boolean {
  return some(headers, (name, value) => tellsOfFailure(name, value, rows) || comesFromCache(name, value, rows))
}

function some(headers: IncomingHttpHeaders, is: (name: string, value: string) => boolean): boolean {
  return Object.entries(headers).some(([name, value]) => is(name, headerText(value) ?? ''))
}
