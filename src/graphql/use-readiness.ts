import type { Plugin } from 'graphql-yoga'

/** Answers `GET /ready`: 200 while requests are taken, 503 while the process stops. `GET /health`, which is Yoga's own, answers as long as it lives. */
export function useReadiness(isReady: () => boolean): Plugin {
  return {
    onRequest({ request, endResponse, fetchAPI }) {
      // By text: Yoga's own check matches a URL pattern against every request.
      if (request.url.endsWith('/ready')) endResponse(new fetchAPI.Response(null, { status: isReady() ? 200 : 503 }))
    },
  }
}
