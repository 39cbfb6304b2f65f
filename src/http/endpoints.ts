import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import Negotiator from 'negotiator'
import { CONSOLE_PATH, type Console } from './console.ts'
import { answerPage, createPage, type Page } from './page.ts'
import type { Target } from './request-head.ts'
import { type HttpAnswer, textAnswer } from './write-answer.ts'

/** What is answered beside GraphQL. */
export interface EndpointOptions {
  /** Whether new requests are welcome. */
  readonly isReady: () => boolean
  readonly metrics: { readonly contentType: string; print(): Promise<string> }
  /** Renders GraphiQL's page; absent where it is switched off. */
  readonly graphiql: (() => Promise<string>) | undefined
  /** Serves the console; absent where it is switched off. */
  readonly console: Console | undefined
  /** Where GraphQL, and GraphiQL's page for browsers, is. */
  readonly graphqlPath: string
}

/** The answer to a request for anything but GraphQL; undefined where GraphQL, or nobody, answers for the path. */
export type Endpoints = (request: IncomingMessage, target: Target) => Promise<HttpAnswer> | undefined

/** Whatever the page loads is on it, its script is the one that was rendered, nobody may frame it, and it sends no form anywhere. */
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

/** `/health`, `/ready`, `/metrics`, GraphiQL's page, the console, and `/`, which leads on. */
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

/** A browser that opens an address prefers HTML to anything GraphQL answers. */
function wantsPage({ headers }: IncomingMessage): boolean {
  if (headers.accept === undefined || !headers.accept.includes('text/html')) return false
  return new Negotiator({ headers }).mediaType(['application/json', 'application/graphql-response+json', 'text/html']) === 'text/html'
}

/** The same for all who ask in one turn of the event loop, found out once: thousands may ask in one, and each of the figures costs. */
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

/** A page that is rendered and compressed when it is first asked for, once. */
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
