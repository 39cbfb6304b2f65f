import type { Plugin } from 'graphql-yoga'
import { isJson, parseBody, readFetchBody, readSocketBody } from './read-body.ts'
import type { NodeContext } from './server.ts'
import { badRequest } from './use-error-policy.ts'

/**
 * Reads JSON bodies itself and enforces the size limit while reading, since Yoga's own limit pipes every body through a
 * transform stream. JSON is the only body taken: other content types answer 415.
 */
export function useBodyReader(maxBytes: number): Plugin {
  return {
    onRequestParse({ request, serverContext, setRequestParser }) {
      if (request.method !== 'POST') return
      if (!isJson(request.headers.get('content-type'))) throw badRequest('Send the request as application/json.', 415)
      // Under Node the socket's own stream is read; by `fetch` there is only the request's.
      const { req } = serverContext as Partial<NodeContext>
      setRequestParser(() => (req ? readSocketBody(req, maxBytes, parseBody) : readFetchBody(request, maxBytes)))
    },
  }
}
