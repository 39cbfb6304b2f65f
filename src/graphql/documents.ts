import { GatewayError } from '../errors.ts'
import type { Caller, DocumentsAllowed } from '../identity.ts'
import { findDocument, readManifest } from './manifest.ts'

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
