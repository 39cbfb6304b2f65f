import type { DocumentNode } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { LRUCache } from 'lru-cache'
import type { RequestContext } from '../builder.ts'
import { DOCUMENT_LIMITS } from '../cost/limits.ts'

const MAX_TEXT = 4_000
const INLINE_ROWS = /(?<!\$)\brows\s*:\s*[[{]/
const NO_ERRORS: readonly Error[] = Object.freeze([])

/**
 * Parses and validates a document once, however often it is sent. Only what was found valid and within all limits is kept:
 * errors hold on to documents and stacks, and who sends what is wrong sends something else next.
 */
export function useDocumentCache(): Plugin<RequestContext> {
  const kept = new LRUCache<string, DocumentNode>({
    max: DOCUMENT_LIMITS.keptDocuments,
    maxSize: DOCUMENT_LIMITS.keptCharacters,
    sizeCalculation: (_, text) => text.length + 1,
  })
  const valid = new WeakSet<DocumentNode>()
  return {
    onParse({ params: { source }, setParsedDocument }) {
      const text = String(source)
      // Looking a long text up costs a look at all of it, and none is kept.
      const document = text.length > MAX_TEXT ? undefined : kept.get(text)
      if (document !== undefined) setParsedDocument(document)
    },
    onValidate({ params: { documentAST }, setResult }) {
      if (valid.has(documentAST)) return setResult(NO_ERRORS)
      return ({ result }) => {
        if (result.length > 0) return
        valid.add(documentAST)
        const text = documentAST.loc?.source.body
        if (text !== undefined && isWorthKeeping(text)) kept.set(text, documentAST)
      }
    },
  }
}

/** Whether a document is likely to be sent again as it is: one that is long or has rows written into it is not. */
function isWorthKeeping(text: string): boolean {
  return text.length <= MAX_TEXT && !INLINE_ROWS.test(text)
}
