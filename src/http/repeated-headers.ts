import { GatewayError } from '../errors.ts'

const AUTHORIZATION = 'authorization'

const TWO_TOKENS = {
  refusal: new GatewayError('UNAUTHENTICATED', 'This request has more than one Authorization header: send one, with your token.'),
}

/** Refuses a caller whose request has several Authorization headers: Node keeps the first and a balancer hashes the last, so neither says who calls. */
export function refuseTwoTokens(rawHeaders: readonly string[]): typeof TWO_TOKENS | undefined {
  return countHeader(rawHeaders, AUTHORIZATION) > 1 ? TWO_TOKENS : undefined
}

const TWO_KEYS = new GatewayError('BAD_REQUEST', 'This request has more than one Idempotency-Key header: send one.')

/** Declines a request with several Idempotency-Key headers: Node makes one key of them, which nobody gave. */
export function refuseTwoKeys(rawHeaders: readonly string[]): GatewayError | undefined {
  return countHeader(rawHeaders, 'idempotency-key') > 1 ? TWO_KEYS : undefined
}

/** How often a request has a header; `name` is in lower case. */
export function countHeader(rawHeaders: readonly string[], name: string): number {
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) if (isCalled(rawHeaders[at] ?? '', name)) count++
  return count
}

/** Most names differ in length already, so that hardly any is spelt anew. */
function isCalled(header: string, name: string): boolean {
  return header.length === name.length && header.toLowerCase() === name
}
