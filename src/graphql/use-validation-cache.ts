import type { DocumentNode } from 'graphql'
import type { Plugin } from 'graphql-yoga'

/** Remembers what validation said of a document while the document is kept. Yoga's own memory spells the names of all rules anew for every request. */
export function useValidationCache(): Plugin {
  const known = new WeakMap<DocumentNode, readonly Error[]>()
  return {
    onValidate({ params: { documentAST }, setResult }) {
      const errors = known.get(documentAST)
      if (errors !== undefined) return setResult(errors)
      return ({ result }) => void known.set(documentAST, result)
    },
  }
}
