import { GraphQLError, Kind, print } from 'graphql'
import { type ErrorNumbers, extensionsOf, GatewayError, type GatewayErrorCode } from '../errors.ts'
import { DOCUMENT_LIMITS } from './cost/limits.ts'
import { inPublicTypes } from './plugins/use-raw-rows.ts'

/** An error of a response. */
export interface PublicError {
  readonly message: string
  readonly locations?: readonly { readonly line: number; readonly column: number }[]
  readonly path?: readonly (string | number)[]
  readonly extensions: { readonly code: GatewayErrorCode } & ErrorNumbers
}

/**
 * The public form of an error. There are three kinds: a `GatewayError` is shown as it is; an error of graphql-js about a document or its
 * variables is the caller's mistake, and is shown without what it quotes; anything else is a defect, passed to `onDefect` and masked.
 */
export function publicError(error: unknown, onDefect: (cause: unknown) => void): PublicError {
  const cause = gatewayErrorIn(error)
  const place = error instanceof GraphQLError ? placeOf(error) : {}
  if (cause !== undefined && !isAboutInput(error)) return { message: shortened(cause.message), ...place, extensions: extensionsOf(cause) }
  const code = error instanceof GraphQLError ? codeOf(error) : undefined
  if (code !== undefined) return { message: quietMessage(error as GraphQLError, code, cause), ...place, extensions: { code } }
  onDefect(originalOf(error))
  return { message: 'Something went wrong in Rowgate. It has been logged.', ...place, extensions: { code: 'INTERNAL_SERVER_ERROR' } }
}

/** The `GatewayError` in an error: itself, or its original error. */
export function gatewayErrorIn(error: unknown): GatewayError | undefined {
  if (error instanceof GatewayError) return error
  return error instanceof GraphQLError ? gatewayErrorIn(error.originalError) : undefined
}

function originalOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? originalOf(error.originalError) : error
}

function placeOf({ locations, path }: GraphQLError): Pick<PublicError, 'locations' | 'path'> {
  return { ...(locations && { locations }), ...(path && { path }) }
}

/** Whether one of our scalars rejected a value; then graphql-js adds where it is. */
function isAboutInput(error: unknown): boolean {
  return (
    error instanceof GraphQLError &&
    error.originalError !== undefined &&
    codeOf(error) !== undefined &&
    /^(?:Variable|Argument)/.test(error.message)
  )
}

/** The code of a caller's mistake, by where graphql-js found it; undefined for other errors. */
function codeOf({ message, path, extensions, originalError }: GraphQLError): GatewayErrorCode | undefined {
  if (message.startsWith('Syntax Error')) return 'GRAPHQL_PARSE_FAILED'
  if (extensions.code === 'GRAPHQL_VALIDATION_FAILED') return 'GRAPHQL_VALIDATION_FAILED'
  const isOurs = originalOf(originalError) instanceof GatewayError
  if (originalError !== undefined && !(originalOf(originalError) instanceof GraphQLError) && !isOurs) return undefined
  if (path === undefined) return 'BAD_USER_INPUT'
  // During execution only arguments come from the caller; a null in a non-null field is our defect.
  return /^Argument "/.test(message) ? 'BAD_USER_INPUT' : undefined
}

function quietMessage(error: GraphQLError, code: GatewayErrorCode, cause: GatewayError | undefined): string {
  const words =
    code === 'BAD_USER_INPUT' ? inputMessage(error) : code === 'GRAPHQL_PARSE_FAILED' ? withoutTokens(error.message) : error.message
  return shortened(inPublicTypes(cause === undefined ? words : `${words} ${cause.message}`))
}

/** The message about a wrong variable or argument: its name, its type and the path within it, since anything else may quote it. */
function inputMessage({ message, nodes, originalError }: GraphQLError): string {
  const argument = /^Argument "(\w+)"/.exec(message)?.[1]
  if (argument !== undefined) return `Argument "${argument}" has a wrong value.`
  const variable = nodes?.find((node) => node.kind === Kind.VARIABLE_DEFINITION)
  if (variable?.kind !== Kind.VARIABLE_DEFINITION) return 'A variable has a wrong value.'
  const name = variable.variable.name.value
  const type = print(variable.type)
  if (/was not provided/.test(message)) return `Variable "$${name}" of required type "${type}" was not provided.`
  if (/must not be null/.test(message)) return `Variable "$${name}" of non-null type "${type}" must not be null.`
  const place = new RegExp(` at "(${name}[\\w.[\\]]{1,200})"`).exec(message)?.[1]
  const what = `Variable "$${name}" has a value that is not of type "${type}"${place ? ` at "${place}"` : ''}.`
  return `${what}${fieldWords(originalError?.message)}${enumSuggestion(message)}`
}

/** The suggestion of graphql-js for a wrong enum value, which comes after everything it quotes; empty where there is none. */
export function enumSuggestion(message: string): string {
  return / Did you mean the enum value (?:"\w+"(?:, or |, | or )?)+\?$/.exec(message)?.[0] ?? ''
}

/** Which field is missing or unknown: graphql-js names it before it quotes anything. */
function fieldWords(message = ''): string {
  const [, says, field] = /^Expected value of type "\w+" (to include required|not to include unknown) field "(\w+)"/.exec(message) ?? []
  if (field === undefined) return ''
  return says === 'to include required' ? ` The field "${field}" is required.` : ` There is no field "${field}".`
}

/** Syntax errors quote the token that they found. */
function withoutTokens(message: string): string {
  return message.replace(/((?:Block)?String|Int|Float) ".*$/s, '$1.')
}

/** Names may be as long as a document: they are cut. */
function shortened(message: string): string {
  const { nameCharacters } = DOCUMENT_LIMITS
  return message.replace(/[\w$]{101,}/g, (name) => `${name.slice(0, nameCharacters)}…`)
}
