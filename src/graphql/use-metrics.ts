import type { Plugin } from 'graphql-yoga'

/** Figures as text. */
export interface PrintedMetrics {
  readonly contentType: string
  print(): Promise<string>
}

/** Answers `GET /metrics` in the Prometheus text format. */
export function useMetrics({ contentType, print }: PrintedMetrics): Plugin {
  return {
    // Without async: all other requests would wait a turn for nothing.
    onRequest({ request, endResponse, fetchAPI }) {
      if (request.method !== 'GET' || !request.url.endsWith('/metrics')) return
      return print().then((text) => endResponse(new fetchAPI.Response(text, { headers: { 'content-type': contentType } })))
    },
  }
}
