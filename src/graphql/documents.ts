import { hash } from 'node:crypto'
import { parse } from 'graphql'
import { GatewayError } from '../errors.ts'
import type { Caller, DocumentsAllowed } from '../identity.ts'
import { unusable } from '../util/config-error.ts'
import { readSmallJson } from '../util/files.ts'

/** What a request says of its document. */
export interface AskedDocument {
  readonly query: string | undefined
  /** Stands for the document where there is none: its id in the manifest, or its hash. */
  readonly id: string | undefined
}

/** The text of the document that a caller asks for; throws where there is none, or where it is not trusted and has to be. */
export type ChooseDocument = (asked: AskedDocument, caller: Caller) => string

/**
 * Takes documents as callers may send them: any, or those of the configured manifest only, by themselves or by an id. Rejects with
 * a `ConfigError` where the manifest cannot be used.
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
    if (id === undefined) throw new GatewayError('INVALID_PARAMETERS', 'The parameter query is missing: it holds the document, as a text.')
    // In the words that clients of persisted queries look for, to send the document itself then.
    if (manifest === undefined) throw new GatewayError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported')
    const found = findDocument(manifest, id)
    if (found === undefined) throw new GatewayError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound')
    return found
  }
}

function notTrusted(): GatewayError {
  return new GatewayError(
    'DOCUMENT_NOT_TRUSTED',
    'Only documents of the manifest are taken from you. Send documentId, or a document as it stands there.',
  )
}

/** The documents that are trusted, by any id that a client may know them by. */
interface Manifest {
  /** By the ids of the file. */
  readonly byId: ReadonlyMap<string, string>
  /** By their SHA-256. */
  readonly byDigest: ReadonlyMap<string, string>
  readonly texts: ReadonlySet<string>
}

const MAX_FILE_BYTES = 50_000_000
const SHA256 = /^(?:sha256:)?([0-9a-f]{64})$/i

/** Reads a manifest as code generators write it, an object of ids and documents; rejects with a `ConfigError` that says what is wrong with the file. */
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
function findDocument({ byId, byDigest }: Manifest, id: string): string | undefined {
  return byId.get(id) ?? byDigest.get(digestIn(id) ?? '')
}
