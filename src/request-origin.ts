import { randomUUID } from 'node:crypto'

/** Where a request comes from, as its caller names it. */
export interface RequestOrigin {
  readonly requestId: string
  readonly traceparent: string | undefined
}

/** stub */
export function readOrigin(headers: NodeJS.Dict<string | string[]>): RequestOrigin {
  const id = headers['x-request-id']
  return {
    requestId: typeof id === 'string' && /^[A-Za-z0-9._~:@/+=-]{1,128}$/.test(id) ? id : randomUUID(),
    traceparent:
      typeof headers.traceparent === 'string' && /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(headers.traceparent)
        ? headers.traceparent
        : undefined,
  }
}
