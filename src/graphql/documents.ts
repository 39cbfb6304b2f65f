import { hash } from 'node:crypto'
import { parse } from 'graphql'
import { GatewayError } from '../errors.ts'
import type { Caller, DocumentsAllowed } from '../identity.ts'
import { unusable } from '../util/config-error.ts'
import { readSmallJson } from '../util/files.ts'

/** The document of a request, as text or by reference. */
export interface AskedDocument {
  readonly query: string | undefined
  /** Its id in the manifest, or its hash; used where there is no text. */
  readonly id: string | undefined
}

/** Finds the text of a document; throws where there is none, or where it has to be trusted and is not. */
export type ChooseDocument = (asked: AskedDocument, caller: Caller) => string

/**
 * Accepts documents as configured: any, or only those of the manifest, as text or by id. Rejects with a `ConfigError` where the
 * manifest cannot be used.
 */
export async function loadDocuments(config: {
  readonly documents: DocumentsAllowed
  readonly documentsManifest: string | undefined
}): Promise<ChooseDocument> {
  const { documents, documentsManifest } = config
  const manifest = documentsManifest === undefined ? undefined : await readManifest(documentsManifest)
  const allowedFor = (caller: Caller) => ('tenant' in caller ? caller.grant?.documents : undefined) ?? documents
  return ({ query, id }, caller) => {
    if (query !== undefined) {
      if (allowedFor(caller) === 'trusted' && manifest?.texts.has(query) !== true) throw notTrusted()
      return query
    }
    if (id === undefined)
      throw new GatewayError('INVALID_PARAMETERS', 'The parameter query is missing: send the document in it, as a string.')
    // The message that clients of persisted queries look for; they then send the document itself.
    if (manifest === undefined) throw new GatewayError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported')
    const found = findDocument(manifest, id)
    if (found === undefined) throw new GatewayError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound')
    return found
  }
}

function notTrusted(): GatewayError {
  return new GatewayError('DOCUMENT_NOT_TRUSTED', 'You may only send documents from the manifest, by documentId or word for word.')
}

/** The trusted documents, by id. */
interface Manifest {
  /** By the ids in the file. */
  readonly byId: ReadonlyMap<string, string>
  /** By their SHA-256. */
  readonly byDigest: ReadonlyMap<string, string>
  readonly texts: ReadonlySet<string>
}

const MAX_FILE_BYTES = 50_000_000
const SHA256 = /^(?:sha256:)?([0-9a-f]{64})$/i

/** Reads a manifest as code generators write it: an object of ids and documents. Rejects with a `ConfigError` that says what is wrong with it. */
async function readManifest(file: string): Promise<Manifest> {
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
  if (typeof text !== 'string') throw new Error(`the document ${name} is not a string`)
  const digest = digestIn(id)
  // In a damaged or edited manifest, a hash would lead to a document that the client does not mean.
  if (digest !== undefined && digest !== hash('sha256', text)) throw new Error(`the document ${name} does not match its hash`)
  try {
    parse(text)
  } catch {
    throw new Error(`the document ${name} is not GraphQL`)
  }
}

/** The SHA-256 in an id, in lower case; undefined for other kinds of ids. */
function digestIn(id: string): string | undefined {
  return SHA256.exec(id)?.[1]?.toLowerCase()
}

/** The document with this id, or with this SHA-256: in hexadecimal digits of either case, with or without the prefix `sha256:`. */
function findDocument({ byId, byDigest }: Manifest, id: string): string | undefined {
  return byId.get(id) ?? byDigest.get(digestIn(id) ?? '')
}
