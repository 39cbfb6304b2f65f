import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import Negotiator from 'negotiator'
import { CONSOLE_PATH, type Console } from './console.ts'
import { answerPage, createPage, type Page } from './page.ts'
import type { Target } from './request-head.ts'
import { type HttpAnswer, textAnswer } from './write-answer.ts'

/** What is served besides GraphQL. */
export interface EndpointOptions {
  /** Whether new requests are accepted. */
  readonly isReady: () => boolean
  readonly metrics: { readonly contentType: string; print(): Promise<string> }
  /** Renders the GraphiQL page; undefined if switched off. */
  readonly graphiql: (() => Promise<string>) | undefined
  /** Serves the console; undefined if switched off. */
  readonly console: Console | undefined
  /** The path of GraphQL and, for browsers, of the GraphiQL page. */
  readonly graphqlPath: string
}

/** The answer to a request for anything but GraphQL; undefined for GraphQL itself and for unknown paths. */
export type Endpoints = (request: IncomingMessage, target: Target) => Promise<HttpAnswer> | undefined

/** The page loads nothing from elsewhere, runs only the script that was rendered, cannot be framed, and submits no forms. */
function policyOf(html: string): string {
  const script = html.slice(html.indexOf('<script>') + '<script>'.length, html.lastIndexOf('</script>'))
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash('sha256', script, 'base64')}'`,
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    'worker-src blob:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

const PAGE_HEADERS = [
  ...['content-type', 'text/html; charset=utf-8', 'x-frame-options', 'DENY'],
  ...['referrer-policy', 'same-origin', 'cache-control', 'private, no-cache'],
]

/** `/health`, `/ready`, `/metrics`, the GraphiQL page, the console, and `/`, which redirects browsers to GraphiQL. */
export function createEndpoints({ isReady, metrics, graphiql, console, graphqlPath }: EndpointOptions): Endpoints {
  const page = graphiql && renderOnce(graphiql)
  const print = oncePerTurn(metrics.print)
  const answers: Readonly<Record<string, (request: IncomingMessage) => Promise<HttpAnswer> | HttpAnswer>> = {
    '/health': () => textAnswer(200, 'alive\n'),
    '/ready': () => (isReady() ? textAnswer(200, 'ready\n') : textAnswer(503, 'stopping\n')),
    '/metrics': async () => ({ status: 200, headers: ['content-type', metrics.contentType], body: [await print()] }),
    '/': (request) =>
      page && wantsPage(request)
        ? { status: 302, headers: ['location', graphqlPath], body: [] }
        : textAnswer(200, `Rowgate. GraphQL: POST ${graphqlPath}. Also: ${console ? `${CONSOLE_PATH}, ` : ''}/health, /ready, /metrics.\n`),
  }
  return (request, { path }) => {
    if (path === graphqlPath) return page && request.method === 'GET' && wantsPage(request) ? page(request) : undefined
    const answer = Object.hasOwn(answers, path) ? answers[path] : console?.(path)
    if (answer === undefined) return undefined
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    return Promise.resolve(isRead ? answer(request) : textAnswer(405, 'Only GET is answered here.\n', ['allow', 'GET, HEAD']))
  }
}

/** A browser opening an address prefers HTML to any GraphQL media type. */
function wantsPage({ headers }: IncomingMessage): boolean {
  if (headers.accept === undefined || !headers.accept.includes('text/html')) return false
  return new Negotiator({ headers }).mediaType(['application/json', 'application/graphql-response+json', 'text/html']) === 'text/html'
}

/** Computes a value once per event-loop tick and shares it: thousands of requests may ask in one tick, and every figure costs. */
function oncePerTurn<Found>(find: () => Promise<Found>): () => Promise<Found> {
  let found: Promise<Found> | undefined
  const forget = () => {
    found = undefined
  }
  return () => {
    if (found !== undefined) return found
    setImmediate(forget)
    found = find()
    return found
  }
}

/** A page that is rendered and compressed once, on its first request. */
function renderOnce(render: () => Promise<string>): (request: IncomingMessage) => Promise<HttpAnswer> {
  let page: Promise<Page> | undefined
  const make = async () => {
    const html = await render()
    return await createPage(Buffer.from(html), [...PAGE_HEADERS, 'content-security-policy', policyOf(html)])
  }
  return async ({ headers }) => {
    page ??= make()
    return answerPage(await page, headers)
  }
}
