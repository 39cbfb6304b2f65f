import { GatewayError } from '../errors.ts'

const AUTHORIZATION = 'authorization'

const TWO_TOKENS = {
  refusal: new GatewayError('UNAUTHENTICATED', 'This request has more than one Authorization header: send one, with your token.'),
}

/** Refuses a caller whose request has several Authorization headers: Node keeps the first and a balancer hashes the last, so neither says who calls. */
export function refuseTwoTokens(rawHeaders: readonly string[]): typeof TWO_TOKENS | undefined {
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) if (isAuthorization(rawHeaders[at] ?? '')) count++
  return count > 1 ? TWO_TOKENS : undefined
}

/** Most names differ in length already, so that hardly any is spelt anew. */
function isAuthorization(name: string): boolean {
  return name.length === AUTHORIZATION.length && name.toLowerCase() === AUTHORIZATION
}
