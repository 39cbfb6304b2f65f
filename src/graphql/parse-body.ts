import { GatewayError } from '../errors.ts'
import { markClean } from '../resource/sent-rows.ts'
import { countJsonValues, isTooDeep } from '../util/json-values.ts'
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
  /** How long it is. */
  readonly bytes: number
  /** The body, where it turned out that not all of it can be read bit by bit: it may be no JSON, or JSON of another shape. */
  unread(): BodyBytes | undefined
}

/** How much a body may say. */
export interface ParseLimits {
  readonly maxJsonValues: number
  /** Takes so many bytes of the common memory; throws `OVERLOADED` where there are none. */
  readonly reserve: (bytes: number) => void
}

/** Levels that are asked of a body of very many brackets; rows take four. */
const MAX_DEPTH = 500

/** What a value takes up once it is parsed, in bytes: an empty object takes most. */
const VALUE_BYTES = 56

/** What a body says in JSON, read at once; throws `BAD_REQUEST`, `TOO_MANY_VALUES` or `OVERLOADED`. */
export function parseBody(body: BodyBytes, limits: ParseLimits): ParsedBody {
  const values = countValues(body, limits)
  if (isTooDeep(body.bytes, MAX_DEPTH))
    throw new GatewayError('BAD_REQUEST', `The JSON of the body may nest at most ${MAX_DEPTH} levels deep.`, { limit: MAX_DEPTH })
  if (body.isLarge) limits.reserve(body.bytes.byteLength + values * VALUE_BYTES)
  return parseAtOnce(body)
}

/** The same, with the rows of a large body left to be read while they are judged, where its shape allows that. */
export function parseBodyLate(body: BodyBytes, limits: ParseLimits): ParsedBody {
  if (!body.isLarge) return parseBody(body, limits)
  countValues(body, limits)
  const split = splitBody(body.bytes, body.release)
  if (split === undefined) return parseBody(body, limits)
  // Each row is kept as the text that goes on.
  limits.reserve(body.bytes.byteLength)
  return {
    params: split.params,
    bytes: body.bytes.byteLength,
    unread() {
      const left = split.unread()
      return left && { ...body, bytes: left }
    },
  }
}

/** A body may be small and its values many: ten million empty objects fit into what a few thousand rows take. */
function countValues({ bytes }: BodyBytes, { maxJsonValues }: ParseLimits): number {
  const values = countJsonValues(bytes, maxJsonValues)
  if (values <= maxJsonValues) return values
  throw new GatewayError('TOO_MANY_VALUES', `The body may have at most ${maxJsonValues} JSON values; split the request.`, {
    limit: maxJsonValues,
  })
}

function parseAtOnce(body: BodyBytes): ParsedBody {
  const bytes = body.bytes.byteLength
  const text = decodeText(body.bytes)
  body.release()
  const params = parseJson(text)
  if (isCleanJson(text)) for (const value of Object.values((params as { variables?: object } | null)?.variables ?? {})) markClean(value)
  return { params, bytes, unread: () => undefined }
}
