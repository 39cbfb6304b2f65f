import type { IncomingMessage, RequestListener } from 'node:http'
import type { ExecutionResult } from 'graphql'
import type { GraphQLParams, Plugin } from 'graphql-yoga'
import { answerType } from './answer-type.ts'
import { isJson, parseBody, parseBodyLate, readSocketBody } from './read-body.ts'
import { createSend } from './send-text.ts'
import type { GraphQLServer, NodeContext } from './server.ts'
import type { PrintedResult } from './use-tolerant-rows.ts'

/** How far a request came on the direct road before it was handed to the ordinary one. */
export type Begun = { readonly error: unknown } | { readonly params: GraphQLParams; readonly result?: unknown }

/**
 * Node's listener. A plain POST goes past Yoga's fetch layer, whose requests, responses and headers cost a small mutation
 * more than its execution; Yoga's plugins and execution are the same. Whatever is unusual about a request or its result is
 * handed to the ordinary road, which goes on from where it is: nothing is read or executed twice.
 */
export function createListener(yoga: GraphQLServer, maxBodyBytes: number): RequestListener {
  const answer = createAnswer(yoga, maxBodyBytes)
  const send = createSend()
  const { graphqlEndpoint } = yoga
  return async (req, res) => {
    const type = req.url === graphqlEndpoint && isPlain(req) && answerType(req.headers.accept)
    if (!type) return await yoga(req, res)
    const answered = await answer({ req, res })
    if (!isText(answered)) return await yoga(req, res, { begun: answered })
    send(res, type, answered)
  }
}

/** Lets the ordinary road go on with a request that was begun on the direct one. */
export function useBegun(): Plugin {
  return {
    onRequestParse({ serverContext, setRequestParser }) {
      const { begun } = serverContext as Partial<NodeContext>
      if (begun === undefined) return
      setRequestParser(() => {
        if ('error' in begun) throw begun.error
        return begun.params
      })
    },
    onParams({ context, setResult }) {
      const { begun } = context as Partial<NodeContext>
      if (begun && 'result' in begun) setResult(begun.result as ExecutionResult)
    },
  }
}

/** A browser's request from another origin gets headers that only the ordinary road knows. */
function isPlain({ method, headers }: IncomingMessage): boolean {
  return method === 'POST' && headers.origin === undefined && isJson(headers['content-type'])
}

/** The text to answer with, in pieces, or how far the request came. */
function createAnswer({ fetchAPI, graphqlEndpoint, getResultForParams }: GraphQLServer, maxBodyBytes: number) {
  async function execute(params: GraphQLParams, context: NodeContext): Promise<readonly string[] | Begun> {
    try {
      const headers = context.req.headers as Record<string, string>
      const request = new fetchAPI.Request(`http://localhost${graphqlEndpoint}`, { method: 'POST', headers })
      const result: unknown = await getResultForParams({ params, request }, context as never)
      return isPrinted(result) ? result.print(result) : { params, result }
    } catch (error) {
      return { error }
    }
  }

  return async (context: NodeContext): Promise<readonly string[] | Begun> => {
    try {
      const { params, unread } = await readSocketBody(context.req, maxBodyBytes, parseBodyLate)
      const answered = await execute(params, context)
      const left = unread()
      // Nothing was done then, since no row is sent before all were read; what it says is found out on the ordinary road.
      return left === undefined ? answered : { params: parseBody(left) }
    } catch (error) {
      return { error }
    }
  }
}

function isText(answered: readonly string[] | Begun): answered is readonly string[] {
  return Array.isArray(answered)
}

function isPrinted(result: unknown): result is PrintedResult {
  const { errors, extensions, print } = result as Partial<PrintedResult>
  return print !== undefined && errors === undefined && extensions?.http === undefined
}
