import { markClean } from '../resource/sent-rows.ts'
import { decodeText, isCleanJson, parseJson } from './read-json.ts'
import { splitBody } from './split-body.ts'

/** The bytes of a body. Those of a large one stay as they are until they are released; others are parsed at once. */
export interface BodyBytes {
  readonly bytes: Uint8Array
  readonly isLarge: boolean
  release(): void
}

/** What a body says, as far as it was read. */
export interface ParsedBody {
  readonly params: unknown
  /** The body, where it turned out that not all of it can be read bit by bit: it may be no JSON, or JSON of another shape. */
  unread(): BodyBytes | undefined
}

/** What a body says in JSON, read at once; throws `BAD_REQUEST`. */
export function parseBody(body: BodyBytes): ParsedBody {
  const text = decodeText(body.bytes)
  body.release()
  const params = parseJson(text)
  if (isCleanJson(text)) for (const value of Object.values((params as { variables?: object } | null)?.variables ?? {})) markClean(value)
  return { params, unread: () => undefined }
}

/** The same, with the rows of a large body left to be read while they are judged, where its shape allows that. */
export function parseBodyLate(body: BodyBytes): ParsedBody {
  const split = body.isLarge ? splitBody(body.bytes, body.release) : undefined
  if (split === undefined) return parseBody(body)
  return {
    params: split.params,
    unread() {
      const bytes = split.unread()
      return bytes && { ...body, bytes }
    },
  }
}
