import { GraphQLError, Kind, print } from 'graphql'
import { createGraphQLError, type Plugin, type YogaMaskedErrorOpts } from 'graphql-yoga'
import { extensionsOf, GatewayError, type GatewayErrorCode } from '../errors.ts'
import type { Logger } from '../log.ts'
import { inPublicTypes } from './use-tolerant-rows.ts'

/** HTTP statuses of requests declined before GraphQL begins; all others travel in a GraphQL answer. */
const STATUSES: Partial<Record<GatewayErrorCode, number>> = { BODY_TOO_LARGE: 413, DOCUMENT_TOO_LARGE: 400 }

/** A request that is malformed on the level of HTTP. */
export function badRequest(message: string, status: number): GraphQLError {
  return createGraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status } } })
}

/** Sorts errors into their planes: declined requests keep their code, GraphQL's own lose submitted values, defects are masked and logged once. */
export function maskErrors(log: Logger): YogaMaskedErrorOpts {
  const maskError = (error: unknown): Error => {
    const cause = originalOf(error)
    if (cause instanceof GatewayError) return declined(cause, error)
    if (cause instanceof GraphQLError) return error as GraphQLError
    log.error({ defect: describeDefect(cause) }, 'defect')
    return createGraphQLError('Something went wrong in Rowgate. It has been logged.', {
      ...position(error),
      extensions: { code: 'INTERNAL_SERVER_ERROR', unexpected: true },
    })
  }
  return { maskError, errorMessage: 'Something went wrong in Rowgate.' }
}

/** Takes submitted values out of the errors GraphQL itself words. */
export function useQuietErrors(): Plugin {
  return {
    onExecutionResult({ result, setResult }) {
      if (result === undefined || Array.isArray(result) || !('errors' in result) || !result.errors?.length) return
      setResult({ ...result, errors: result.errors.map(withoutValues) })
    },
  }
}

function originalOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? originalOf(error.originalError) : error
}

function position(error: unknown): { path?: readonly (string | number)[] } {
  return error instanceof GraphQLError && error.path ? { path: error.path } : {}
}

function declined(cause: GatewayError, error: unknown): GraphQLError {
  const status = STATUSES[cause.code]
  return createGraphQLError(cause.message, {
    ...position(error),
    extensions: { ...extensionsOf(cause), ...(status && { http: { status } }) },
  })
}

/** Where a defect happened, without its message, which could quote a row. */
function describeDefect(cause: unknown): { name: string; at: string[] } {
  if (!(cause instanceof Error)) return { name: typeof cause, at: [] }
  const frames = (cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return { name: cause.name, at: frames.slice(0, 12).map((frame) => frame.trim()) }
}

const VALUE_KINDS = new Set<string>([
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.NULL,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
  Kind.OBJECT_FIELD,
])

/** The ways graphql-js quotes a literal, and what is left of each sentence. */
const QUOTES: readonly (readonly [RegExp, string])[] = [
  [/^Syntax Error: (.*?)(String|BlockString) ".*$/s, 'Syntax Error: $1$2.'],
  [/(cannot represent [\w ,.()+^-]{1,80}): .*$/s, '$1.'],
  [/(?:,|; |) (?:but )?found:? .*$/s, '.'],
  [/Value ".*?" does not exist/s, 'The value does not exist'],
]

function withoutValues(error: GraphQLError): GraphQLError {
  const message = inPublicTypes(quietMessage(error))
  if (message === error.message) return error
  const { nodes = null, source = null, positions = null, path = null, extensions } = error
  return createGraphQLError(message, { nodes, source, positions, path, extensions })
}

function quietMessage({ message, nodes }: GraphQLError): string {
  const variable = nodes?.find((node) => node.kind === Kind.VARIABLE_DEFINITION)
  if (variable?.kind === Kind.VARIABLE_DEFINITION && /invalid value/.test(message)) {
    const name = variable.variable.name.value
    const place = new RegExp(` at "(${name}[\\w.[\\]]{1,200})"`).exec(message)?.[1]
    return `Variable "$${name}" has a value that is no "${print(variable.type)}"${place ? ` at "${place}"` : ''}.`
  }
  const isAboutLiteral = message.startsWith('Syntax Error') || nodes?.some((node) => VALUE_KINDS.has(node.kind))
  return isAboutLiteral ? QUOTES.reduce((words, [quote, rest]) => words.replace(quote, rest), message) : message
}
