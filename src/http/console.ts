import { readdir, readFile } from 'node:fs/promises'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { answerPage, createPage, type Page } from './page.ts'
import { type HttpAnswer, textAnswer } from './write-answer.ts'

/** What the console page is told about its gateway. */
export interface ConsoleFacts {
  readonly upstream: { readonly kind: 'sandbox' } | { readonly kind: 'remote'; readonly url: { readonly hostname: string } }
  /** The token to prefill, where it is no secret. */
  readonly token: string | undefined
  /** The gateway has a token of its own, so callers need none. */
  readonly lendsToken: boolean
  readonly endpoint: string
}

/** The handler for a path of the console; undefined for all other paths. */
export type Console = (path: string) => ((request: Pick<IncomingMessage, 'headers'>) => Promise<HttpAnswer>) | undefined

type Files = ReadonlyMap<string, Page>

const BUILT = new URL('../../dist/console/', import.meta.url)
/** The path of the console. */
export const CONSOLE_PATH = '/console'
const INDEX = `${CONSOLE_PATH}/index.html`
/** Names of files in here contain a hash of their content. */
const HASHED = 'assets/'
const NOT_BUILT = 'The console is not built here. Run `npm run console` where Rowgate is installed, and load this page again.\n'
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Everything comes from this origin; no string becomes code except its own scripts, no page frames it, and it submits no forms. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "worker-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types default',
].join('; ')
const SAFE = ['content-security-policy', POLICY, 'x-frame-options', 'DENY', 'referrer-policy', 'no-referrer']

/** Serves the console from its build folder, read and compressed once; if it is not built, says what to run. */
export function createConsole(facts: ConsoleFacts, folder = BUILT): Console {
  let read: Promise<Files> | undefined
  const load = async () => {
    read ??= readFiles(folder, facts)
    const files = await read
    // Building it now needs no restart of the gateway.
    if (!files.has(INDEX)) read = undefined
    return files
  }
  return (path) => {
    if (path !== CONSOLE_PATH && !path.startsWith(`${CONSOLE_PATH}/`)) return undefined
    return async ({ headers }) => answer(await load(), path === CONSOLE_PATH || path === `${CONSOLE_PATH}/` ? INDEX : path, headers)
  }
}

function answer(files: Files, path: string, headers: IncomingHttpHeaders): HttpAnswer {
  const page = files.get(path)
  if (page !== undefined) return answerPage(page, headers)
  return textAnswer(404, path === INDEX ? NOT_BUILT : 'The console has no such file.\n', SAFE)
}

/** Every file by its URL path; empty if nothing was built. */
async function readFiles(folder: URL, facts: ConsoleFacts): Promise<Files> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(fileURLToPath(folder), join(parentPath, name)))
  const paths = files.map((file) => file.replaceAll('\\', '/'))
  return new Map(
    await Promise.all(paths.map(async (path) => [`${CONSOLE_PATH}/${path}`, await readOne(new URL(path, folder), path, facts)] as const)),
  )
}

async function readOne(file: URL, path: string, facts: ConsoleFacts): Promise<Page> {
  const bytes = await readFile(file)
  const type = TYPES[extname(path)] ?? 'application/octet-stream'
  const plain =
    extname(path) === '.html' ? Buffer.from(bytes.toString().replace('%ROWGATE%', inAttribute(JSON.stringify(toldOf(facts))))) : bytes
  const caching = path.startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'private, no-cache'
  return await createPage(plain, ['content-type', type, ...SAFE, 'cache-control', caching])
}

function toldOf({ upstream, ...facts }: ConsoleFacts) {
  return { ...facts, upstream: upstream.kind === 'remote' ? { kind: upstream.kind, host: upstream.url.hostname } : { kind: upstream.kind } }
}

function inAttribute(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
