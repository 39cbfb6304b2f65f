import type { IncomingHttpHeaders } from 'node:http'
import { LRUCache } from 'lru-cache'
import Negotiator from 'negotiator'

/** The two types GraphQL is answered in. */
export type MediaType = 'application/graphql-response+json' | 'application/json'

// Of two that are welcome alike, the first: whoever takes anything is mostly a tool that knows no other JSON.
const OFFERED: readonly string[] = ['application/json', 'application/graphql-response+json'].flatMap((type) => [
  type,
  `${type};charset=utf-8`,
])

// Clients send the same few; a long one is no client's, and no place to fill the memory from.
const MAX_KEPT_LENGTH = 200
const kept = new LRUCache<string, { readonly type: MediaType | undefined }>({ max: 200 })

/** The type that suits an `Accept` header best, by its qualities as RFC 9110 has them; undefined where none is acceptable. */
export function mediaTypeFor(accept: string | undefined): MediaType | undefined {
  if (accept === undefined || accept === '*/*') return 'application/json'
  const known = kept.get(accept)
  if (known !== undefined) return known.type
  const type = chooseType(accept)
  if (accept.length <= MAX_KEPT_LENGTH) kept.set(accept, { type })
  return type
}

function chooseType(accept: string): MediaType | undefined {
  const chosen = new Negotiator({ headers: { accept } }).mediaType(OFFERED)
  return chosen?.replace(/;.*/, '') as MediaType | undefined
}

/** Whether a body of that content type is read: JSON in UTF-8. */
export function isJson({ 'content-type': type = '' }: IncomingHttpHeaders): boolean {
  return type === 'application/json' || /^application\/(?:json|graphql\+json)\s*(?:;\s*charset\s*=\s*"?utf-?8"?\s*)?;?\s*$/i.test(type)
}
