import { type ASTVisitor, GraphQLError, type GraphQLInputType, type ValidationContext, type ValueNode, validateInputLiteral } from 'graphql'
import { enumSuggestion, gatewayErrorIn } from '../public-error.ts'

/**
 * GraphQL's `ValuesOfCorrectTypeRule`, with messages that never quote a literal: they are cut before the first value that graphql-js
 * quotes, and name the place within the argument instead.
 */
export function LiteralsRule(context: ValidationContext): ASTVisitor {
  const check = (node: ValueNode, type: GraphQLInputType | null | undefined): false => {
    if (type)
      validateInputLiteral(
        node,
        type,
        (error, path) => context.reportError(quiet(error, node, placeOf(context, path))),
        undefined,
        undefined,
        context.hideSuggestions,
      )
    return false
  }
  const own = (node: ValueNode) => check(node, context.getInputType())
  return {
    ListValue: (node) => check(node, context.getParentInputType()),
    ...Object.fromEntries(
      ['NullValue', 'ObjectValue', 'EnumValue', 'IntValue', 'FloatValue', 'StringValue', 'BooleanValue'].map((kind) => [kind, own]),
    ),
  }
}

function quiet(error: GraphQLError, node: ValueNode, place: string): GraphQLError {
  const words = gatewayErrorIn(error)?.message ?? `${withoutValue(error.message)}${enumSuggestion(error.message)}`
  return new GraphQLError(`${words}${place}`, { nodes: error.nodes ?? [node] })
}

/** The message up to where a value is quoted; names of types and fields come before that. */
function withoutValue(message: string): string {
  if (/^Value ".*" does not exist in/s.test(message))
    return `The value does not exist in ${/"(\w+)" enum/.exec(message)?.[1] ?? 'the'} enum.`
  return `${message.replace(/[,;]?\s*(?:[Ff]ound|but got)?: .*$/s, '').replace(/[.?]?$/, (end) => end || '.')}`
}

function placeOf(context: ValidationContext, path: readonly (string | number)[]): string {
  const argument = context.getArgument()?.name
  if (argument === undefined) return ''
  const within = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')
  return ` At argument "${argument}"${within === '' ? '' : `, "${argument}${within}"`}.`
}
