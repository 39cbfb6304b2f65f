import { readdir, readFile } from 'node:fs/promises'
import type { GraphiQLOptions } from 'graphql-yoga'

/** A named operation to try: its document and, where it has any, its variables. */
export interface ExampleOperation {
  readonly query: string
  readonly variables?: string
}

/** The example operations of a folder, in the order of their file names: `x.graphql` with `x.variables.json` beside it. */
export async function loadOperations(folder: URL): Promise<ExampleOperation[]> {
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

/** GraphiQL with a tab for every example operation; `token` is filled in where it is no secret. */
export function graphiqlOptions(
  operations: readonly ExampleOperation[],
  token: string | undefined,
): GraphiQLOptions & { variables: string } {
  const headers = JSON.stringify({ Authorization: token ?? '<your token>' }, null, 2)
  return {
    title: 'Rowgate',
    headers,
    // The first tab takes its variables from here and not from its own entry.
    variables: operations[0]?.variables ?? '',
    defaultEditorToolsVisibility: 'variables',
    shouldPersistHeaders: false,
    defaultTabs: operations.map(({ query, variables }) => ({ query, headers, variables: variables ?? null })),
  }
}

// The tab bar animates its tabs from where they stood before the page had its layout, and does so on the first click: the
// tab jumps away from under the pointer and the click is lost.
const STEADY_TABS = '.graphiql-tab { transform: none !important; }'

/** GraphiQL as one page that loads nothing from anywhere. */
export async function renderPage(options: GraphiQLOptions): Promise<string> {
  // Brought in when first asked for: it takes 27 MB, and most processes are never asked.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const page = renderGraphiQL(options)
  return page.replace('</style>', () => `${STEADY_TABS}</style>`)
}

/** stub until merge */
export function createGraphiqlPage({
  operations,
  token,
}: {
  operations: readonly ExampleOperation[]
  token: string | undefined
  upstream: { kind: 'sandbox' } | { kind: 'remote'; host: string }
  endpoint: string
}): () => Promise<string> {
  return () => renderPage(graphiqlOptions(operations, token))
}
