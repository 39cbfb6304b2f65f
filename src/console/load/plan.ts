import { matchHeaders } from '../../tabular/match-headers.ts'
import { hashText } from '../file/content-hash.ts'
import type { Plan } from '../file/send-rows.ts'
import type { Resource } from '../session/resource.ts'
import type { Choice, Loaded } from './load-state.ts'

/** The choices proposed for a file whose resource is known. */
export function choiceOf(resource: Resource, headers: readonly string[]): Choice {
  const targets = matchHeaders(headers, resource).map(({ target }) => target)
  const nonce = crypto.getRandomValues(new Uint32Array(2)).join('')
  return { resource, targets, operation: 'upsert', solution: resource.solutions[0], isNew: false, nonce }
}

/** How the rows of a file are to be sent. */
export function planOf({ scan }: Loaded, { resource, targets, operation, solution }: Choice): Plan {
  return { resource, targets, operation, solution, headers: scan.headers, isTable: scan.format === 'csv' || scan.format === 'xlsx' }
}

/**
 * The same content, loaded in the same way, is the same APPEND however often it is loaded; rows of an UPSERT are meant to be written again
 * each time.
 */
export function keyOf({ scan, read }: Loaded, { resource, targets, operation, solution, isNew, nonce }: Choice): string {
  const what = hashText(JSON.stringify([scan.hash, scan.rows, read, resource.name, targets, operation, solution]))
  return operation === 'append' && !isNew ? `console-${what}` : `console-${what}-${nonce}`
}
