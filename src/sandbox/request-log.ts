import type { IncomingMessage } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { parseJson } from '../util/json-text.ts'

/** An ingest request as received. */
export interface SeenRequest {
  readonly path: string
  readonly token: string
  readonly requestId: string | undefined
  readonly body: {
    readonly solutionName: string
    readonly data: readonly Record<string, unknown>[]
    readonly operationType: string
    readonly dryRun: boolean
  }
}

/** What tests ask about the requests that arrived. */
export interface RequestLog {
  /** Counts a request in; the returned function counts it out. */
  arrive(): () => void
  record(request: IncomingMessage, text: string): void
  requests(token?: string): readonly SeenRequest[]
  mostAtOnce(): number
  /** Delays every answer. */
  slowDown(ms: number): void
  delay(): Promise<void>
}

/** Keeps bodies only if `isKeeping`, so that a long-running sandbox does not grow. */
export function createRequestLog(isKeeping: boolean): RequestLog {
  const seen: SeenRequest[] = []
  let [now, most, slowness] = [0, 0, 0]
  return {
    arrive() {
      most = Math.max(most, ++now)
      return () => void now--
    },
    record(request, text) {
      if (isKeeping)
        seen.push({
          path: request.url ?? '',
          token: request.headers.authorization ?? '',
          requestId: request.headers['x-request-id']?.toString(),
          body: parse(text),
        })
    },
    requests: (token) => (token === undefined ? seen : seen.filter((request) => request.token === token)),
    mostAtOnce: () => most,
    slowDown: (ms) => {
      slowness = ms
    },
    delay: () => (slowness > 0 ? pause(slowness) : Promise.resolve()),
  }
}

/** The endpoint answers a body that is not JSON, which must not stop the log. */
function parse(text: string): SeenRequest['body'] {
  try {
    return parseJson(text) as SeenRequest['body']
  } catch {
    return { solutionName: '', data: [], operationType: '', dryRun: false }
  }
}
