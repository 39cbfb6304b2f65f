import { type DocumentNode, GraphQLError, NoSchemaIntrospectionCustomRule, parse } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { GatewayError } from '../errors.ts'

/** Tokens a document may have: far above any hand-written operation, far below rows written into the document. */
const MAX_TOKENS = 10_000

/** Declines documents of too many tokens, which are mostly rows written inline. */
export function useDocumentLimit(): Plugin {
  const parseBounded = (source: Parameters<typeof parse>[0]): DocumentNode => {
    try {
      return parse(source, { maxTokens: MAX_TOKENS })
    } catch (error) {
      if (!(error instanceof GraphQLError) || !/tokens/.test(error.message)) throw error
      throw new GatewayError('DOCUMENT_TOO_LARGE', `The document has more than ${MAX_TOKENS} tokens; send rows in variables.`)
    }
  }
  return { onParse: ({ setParseFn }) => setParseFn(parseBounded) }
}

/** Hides the schema from clients. */
export function useNoIntrospection(): Plugin {
  return { onValidate: ({ addValidationRule }) => addValidationRule(NoSchemaIntrospectionCustomRule) }
}
