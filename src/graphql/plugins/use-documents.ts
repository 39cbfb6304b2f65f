import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoFragmentCyclesRule,
  NoSchemaIntrospectionCustomRule,
  parse,
  type ValidationRule,
  ValuesOfCorrectTypeRule,
  validate,
} from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { LRUCache } from 'lru-cache'
import type { RequestContext } from '../builder.ts'
import { boundAnswer, createAnswerSizes, reserveAnswer } from '../cost/answer-limit.ts'
import { weighAnswers } from '../cost/answer-weights.ts'
import { boundSelections } from '../cost/document-cost.ts'
import { boundText, tooLarge } from '../cost/document-text.ts'
import { hasFragmentCycle } from '../cost/fragments.ts'
import { DOCUMENT_LIMITS } from '../cost/limits.ts'
import { perMutation } from '../memoize.ts'
import { LiteralsRule } from './literals-rule.ts'

const MAX_TEXT = 4_000
const INLINE_ROWS = /(?<!\$)\brows\s*:\s*[[{]/
const NO_ERRORS: readonly Error[] = Object.freeze([])

/**
 * Caches parsed and validated documents, and bounds their cost before execution: the text before parsing, the selections before
 * validation, the answer before it is made. Only valid documents within all limits are cached: errors keep documents and stacks
 * alive, and a wrong document is rarely sent again. Must come before the plugin that changes what is executed.
 */
export function useDocuments(schema: GraphQLSchema, introspection: boolean): Plugin<RequestContext> {
  const kept = new LRUCache<string, DocumentNode>({
    max: DOCUMENT_LIMITS.keptDocuments,
    maxSize: DOCUMENT_LIMITS.keptCharacters,
    sizeCalculation: (_, text) => text.length + 1,
  })
  const valid = new WeakSet<DocumentNode>()
  const sizesOf = createAnswerSizes(schema)
  const weightsOf = perMutation((document, operation) => weighAnswers(schema, document, operation))
  const validateBounded = (...[_, document, rules]: Parameters<typeof validate>) => {
    // One less, since graphql-js adds an error that says that there are more.
    const options = { maxErrors: DOCUMENT_LIMITS.errors - 1, hideSuggestions: !introspection }
    if (hasFragmentCycle(document)) return validate(schema, document, [NoFragmentCyclesRule], options)
    boundSelections(document)
    const errors = validate(schema, document, rules?.map(quietly), options)
    if (errors.length === 0) boundAnswer(sizesOf(document))
    return errors
  }

  return {
    onParse({ params: { source }, setParsedDocument, setParseFn }) {
      const text = String(source)
      // Long texts are not cached, and looking one up would mean hashing it.
      const document = text.length > MAX_TEXT ? undefined : kept.get(text)
      if (document === undefined) setParseFn(parseBounded)
      else setParsedDocument(document)
    },
    onValidate({ params: { documentAST }, setResult, setValidationFn, addValidationRule }) {
      if (valid.has(documentAST)) return setResult(NO_ERRORS)
      setValidationFn(validateBounded)
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule)
      return ({ result }) => {
        const text = documentAST.loc?.source.body
        if (result.length > 0 || text === undefined || !isWorthKeeping(text)) return
        valid.add(documentAST)
        kept.set(text, documentAST)
      }
    },
    onExecute({ args }) {
      reserveAnswer(sizesOf, args)
      const context = args.contextValue
      context.answerWeights = weightsOf(args)
    },
  }
}

/** Whether a document is likely to be sent again unchanged: not if it is long or has inline rows. */
function isWorthKeeping(text: string): boolean {
  return text.length <= MAX_TEXT && !INLINE_ROWS.test(text)
}

/** The rule itself, or ours in place of the one that quotes literals. */
function quietly(rule: ValidationRule): ValidationRule {
  return rule === ValuesOfCorrectTypeRule ? LiteralsRule : rule
}

const TOO_MANY_TOKENS = /^Syntax Error: Document contains more than \d+ tokens/

function parseBounded(source: Parameters<typeof parse>[0]): DocumentNode {
  boundText(typeof source === 'string' ? source : source.body)
  const { tokens } = DOCUMENT_LIMITS
  try {
    return parse(source, { maxTokens: tokens })
  } catch (error) {
    if (error instanceof GraphQLError && TOO_MANY_TOKENS.test(error.message)) throw tooLarge('has more tokens', tokens)
    throw error
  }
}
