import { GatewayError } from '../errors.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** The text that some bytes are in UTF-8; throws `BAD_REQUEST` where they are not. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw notJson()
  }
}

/** What a text says in JSON; throws `BAD_REQUEST` where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw notJson()
  }
}

/** Whether no text in that JSON can be unclean: only an escape brings in NUL, which JSON does not allow, or half of a surrogate pair, which UTF-8 does not. */
export function isCleanJson(text: string): boolean {
  return !text.includes('\\u')
}

/** The complaint about a body that is not JSON. */
export function notJson(): GatewayError {
  return new GatewayError('BAD_REQUEST', 'The body is not JSON in UTF-8.')
}
