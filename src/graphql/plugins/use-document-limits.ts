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
import type { RequestContext } from '../builder.ts'
import { boundAnswer } from '../cost/answer-limit.ts'
import { weighAnswers } from '../cost/answer-weights.ts'
import { boundSelections } from '../cost/document-cost.ts'
import { boundText, tooLarge } from '../cost/document-text.ts'
import { hasFragmentCycle } from '../cost/fragments.ts'
import { DOCUMENT_LIMITS } from '../cost/limits.ts'
import { LiteralsRule } from './literals-rule.ts'
import { perMutation } from './use-operation.ts'

/**
 * Bounds what a document can cost before anything of it is executed: its text before it is parsed, its selections before they
 * are validated, and its answer before it is made. Stands after the plugin that keeps documents, so that one which is kept
 * is not measured again, and before the one that changes what is executed.
 */
export function useDocumentLimits(schema: GraphQLSchema, introspection: boolean): Plugin<RequestContext> {
  const weightsOf = perMutation((document, operation) => weighAnswers(schema, document, operation))
  const validateBounded = (...[_, document, rules]: Parameters<typeof validate>) => {
    // The last of the errors says that there are more.
    const options = { maxErrors: DOCUMENT_LIMITS.errors - 1, hideSuggestions: !introspection }
    if (hasFragmentCycle(document)) return validate(schema, document, [NoFragmentCyclesRule], options)
    boundSelections(document)
    const errors = validate(schema, document, rules?.map(quietly), options)
    if (errors.length === 0) boundAnswer(schema, document)
    return errors
  }

  return {
    onParse: ({ setParseFn }) => setParseFn(parseBounded),
    onValidate({ setValidationFn, addValidationRule }) {
      setValidationFn(validateBounded)
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule)
    },
    onExecute({ args }) {
      const context = args.contextValue
      context.answerWeights = weightsOf(args)
    },
  }
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
