import { readdir, readFile } from 'node:fs/promises'
import { saveTabsOnLeaving, startingTabs } from './graphiql-tabs.ts'

/** A named operation to try: its document and, where it has any, its variables. */
interface ExampleOperation {
  readonly query: string
  readonly variables?: string
}

/** Loads the example operations; returns what renders the page. */
export async function loadGraphiqlPage(options: Omit<GraphiqlPageOptions, 'operations'>): Promise<() => Promise<string>> {
  const operations = await loadOperations(new URL('../../schema/operations/', import.meta.url))
  return () => renderGraphiqlPage({ ...options, operations })
}

/** The example operations of a folder, in the order of their file names: `x.graphql` with `x.variables.json` beside it. */
async function loadOperations(folder: URL): Promise<ExampleOperation[]> {
  const files = (await readdir(folder)).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  return Promise.all(
    files
      .filter((file) => file.endsWith('.graphql'))
      .map(async (file) => {
        const variables = file.replace('.graphql', '.variables.json')
        const query = await readFile(new URL(file, folder), 'utf8')
        return files.includes(variables) ? { query, variables: await readFile(new URL(variables, folder), 'utf8') } : { query }
      }),
  )
}

/** The content of GraphiQL's page. */
interface GraphiqlPageOptions {
  readonly operations: readonly ExampleOperation[]
  /** Filled in where it is no secret. */
  readonly token: string | undefined
  readonly upstream: { readonly kind: 'sandbox' } | { readonly kind: 'remote'; readonly url: { readonly hostname: string } }
  readonly endpoint: string
  /** The path of the console; undefined where it is switched off. */
  readonly consolePath: string | undefined
}

/** GraphiQL as a self-contained page, with a tab for every example operation. */
export async function renderGraphiqlPage(options: GraphiqlPageOptions): Promise<string> {
  // Imported on first use: it takes 27 MB, and most processes never need it.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const page = renderGraphiQL({ title: 'Rowgate' })
  const [top, head] = cut(page, page.indexOf('<title>'))
  const [styles, body] = cut(head, head.indexOf('</style>'))
  const [beforeRoot, root] = cut(body, body.indexOf('<div id="root">'))
  const [scripts] = cut(root, root.lastIndexOf('YogaGraphiQL.renderYogaGraphiQL('))
  return `${top}${VIEWPORT}${styles}${STYLES}${beforeRoot}${banner(options)}${scripts}${start(options)}</script></body></html>`
}

function cut(text: string, at: number): [string, string] {
  if (at < 0) throw new Error('GraphiQL renders another page than this was written for')
  return [text.slice(0, at), text.slice(at)]
}

/** The script that starts GraphiQL. Written by hand, since `render-graphiql` prints options as JSON, and some are functions. */
function start({ operations, token, endpoint }: GraphiqlPageOptions): string {
  const options = {
    endpoint,
    title: 'Rowgate',
    headers: JSON.stringify({ Authorization: token ?? '<your token>' }, null, 2),
    defaultEditorToolsVisibility: 'variables',
    shouldPersistHeaders: false,
    // Yoga's page writes every edit into the address: rows would end up in logs, and long documents could not be reloaded.
    onEditQuery: null,
  }
  const examples = operations.map(({ query, variables }) => ({ query, variables: variables ?? null }))
  return `
YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
  ...${inScript(options)},
  ...(${startingTabs})(window, ${inScript(examples)}),
  ...(${saveTabsOnLeaving})(window),
})`
}

/** Without it, phones render the page at desktop width. */
const VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">'

// The tab bar animates its tabs from where they stood before the page had its layout, and does so on the first click: the
// tab jumps away from under the pointer and the click is lost. The banner has colours of its own, which stand in either theme.
// On a narrow screen the answer stands below the question, and gets half of the height.
const STYLES = `
.graphiql-tab { transform: none !important; }
body { display: flex; flex-direction: column; height: 100vh; margin: 0; }
#root { flex: 1; min-height: 0; }
.graphiql-container { height: 100%; width: 100%; }
#upstream { padding: 6px 16px; font: 14px/1.4 system-ui, sans-serif; color: #fff; background: #1d5c45; }
#upstream[data-kind='remote'] { background: #8f2d0e; }
#upstream a { color: inherit; }
#upstream code { font-family: ui-monospace, monospace; }
@media (max-width: 700px) {
  body { height: 100dvh; }
  .graphiql-logo, .graphiql-horizontal-drag-bar { display: none; }
  .graphiql-sessions > :has(> .graphiql-editors) { flex-direction: column; }
}
`

/** Says where rows go. */
function banner({ upstream, token, consolePath }: GraphiqlPageOptions): string {
  const text =
    upstream.kind === 'remote'
      ? `<strong>Real upstream.</strong> Rows are written to <code>${inHtml(upstream.url.hostname)}</code>.`
      : `<strong>Sandbox.</strong> Rows go to a stand-in for the upstream.${
          token === undefined ? '' : ` The token <code>${inHtml(token)}</code> works.`
        }`
  const link = consolePath === undefined ? '' : ` To load a file, <a href="${inHtml(consolePath)}">use the console</a>.`
  return `<div id="upstream" role="status" data-kind="${upstream.kind}">${text}${link}</div>`
}

function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}

function inHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
