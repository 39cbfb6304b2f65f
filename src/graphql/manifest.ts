import { hash } from 'node:crypto'
import { parse } from 'graphql'
import { unusable } from '../util/config-error.ts'
import { readSmallJson } from '../util/small-file.ts'

/** The documents that are trusted, by any id that a client may know them by. */
export interface Manifest {
  /** By the ids of the file. */
  readonly byId: ReadonlyMap<string, string>
  /** By their SHA-256. */
  readonly byDigest: ReadonlyMap<string, string>
  readonly texts: ReadonlySet<string>
}

const MAX_FILE_BYTES = 50_000_000
const SHA256 = /^(?:sha256:)?([0-9a-f]{64})$/i

/** Reads a manifest as code generators write it, an object of ids and documents; rejects with a `ConfigError` that says what is wrong with the file. */
export async function readManifest(file: string): Promise<Manifest> {
  return await readSmallJson(file, MAX_FILE_BYTES).then(manifestOf).catch(unusable('DOCUMENTS_MANIFEST'))
}

function manifestOf(read: unknown): Manifest {
  if (typeof read !== 'object' || read === null || Array.isArray(read)) throw new Error('it must be an object of ids and documents')
  const documents = Object.entries(read)
  for (const [id, text] of documents) checkDocument(id.slice(0, 100), id, text)
  const texts = new Set(documents.map(([, text]) => text))
  return { byId: new Map(documents), byDigest: new Map([...texts].map((text) => [hash('sha256', text), text])), texts }
}

function checkDocument(name: string, id: string, text: unknown): asserts text is string {
  if (typeof text !== 'string') throw new Error(`the document ${name} is no text`)
  const digest = digestIn(id)
  // A manifest that was cut off or edited would have clients answered what they did not ask for.
  if (digest !== undefined && digest !== hash('sha256', text))
    throw new Error(`the document ${name} is not the one that its hash was made of`)
  try {
    parse(text)
  } catch {
    throw new Error(`the document ${name} is not GraphQL`)
  }
}

/** The SHA-256 that an id is, in lower case; undefined where it is another kind of id. */
function digestIn(id: string): string | undefined {
  return SHA256.exec(id)?.[1]?.toLowerCase()
}

/** The document of that id, or of that SHA-256 in hexadecimal digits of either case, with or without the prefix that says so. */
export function findDocument({ byId, byDigest }: Manifest, id: string): string | undefined {
  return byId.get(id) ?? byDigest.get(digestIn(id) ?? '')
}
