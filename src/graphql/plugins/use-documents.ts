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
import { LiteralsRule } from './literals-rule.ts'
import { perMutation } from './use-operation.ts'

const MAX_TEXT = 4_000
const INLINE_ROWS = /(?<!\$)\brows\s*:\s*[[{]/
const NO_ERRORS: readonly Error[] = Object.freeze([])

/**
 * Parses and validates a document once, however often it is sent, and bounds what it can cost before anything of it is executed: its
 * text before it is parsed, its selections before they are validated, and its answer before it is made. Only what was found valid
 * and within all limits is kept: errors hold on to documents and stacks, and who sends what is wrong sends something else next.
 * Stands before the plugin that changes what is executed.
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
    // The last of the errors says that there are more.
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
      // Looking a long text up costs a look at all of it, and none is kept.
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

/** Whether a document is likely to be sent again as it is: one that is long or has rows written into it is not. */
function isWorthKeeping(text: string): boolean {
  return text.length <= MAX_TEXT && !INLINE_ROWS.test(text)
}

/** The same rule, or ours in place of the one that quotes literals. */
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
