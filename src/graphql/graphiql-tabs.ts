/**
 * What GraphiQL's page runs in the browser. Each function is put into the page as its own text, so it may name nothing
 * outside itself.
 */

/** An initial tab. */
interface ExampleTab {
  readonly query: string
  readonly variables: string | null
}

/** The parts of a browser's `window` that are used here. */
interface BrowserWindow {
  readonly localStorage: { getItem(key: string): string | null; setItem(key: string, value: string): void }
  readonly location: { readonly href: string }
  readonly history: { replaceState(state: null, unused: string, url: string): void }
  addEventListener(event: 'pagehide', listener: () => void): void
}

/** GraphiQL's options that decide with which tabs it starts. */
interface StartingTabs {
  /** Read only where GraphiQL has no tabs stored. */
  readonly defaultTabs: readonly ExampleTab[]
  /** The document and variables of the open tab: GraphiQL opens the stored tab that has them, or a new one. */
  readonly query: string
  readonly variables: string
}

/** The tabs of the last visit as they were, the examples on the first one; a `?query=` in the address is opened as well. */
export function startingTabs(window: BrowserWindow, examples: readonly ExampleTab[]): StartingTabs {
  const address = new URL(window.location.href)
  const shared = address.searchParams.get('query')
  // If it stayed in the address, every reload would open it again.
  if (shared !== null) window.history.replaceState(null, '', address.pathname)

  const stored = storedTabs()
  const tabs = stored?.tabs ?? examples
  const open = shared === null ? (tabs[stored?.activeTabIndex ?? 0] ?? tabs[0]) : tabs.find(({ query }) => query === shared)
  const { query, variables } = open ?? { query: shared, variables: null }
  const first = { query: query ?? '', variables: variables ?? '' }
  return { ...first, defaultTabs: [first, ...examples.filter((tab) => tab !== open)] }

  function storedTabs(): { tabs: { query: string | null; variables: string | null }[]; activeTabIndex: number } | undefined {
    try {
      const state = JSON.parse(window.localStorage.getItem('graphiql:tabState') ?? 'null')
      return state.tabs.length > 0 ? state : undefined
    } catch {
      return undefined
    }
  }
}

interface TabState {
  readonly activeTabIndex: number
  readonly tabs: readonly { readonly variables: string | null }[]
}

/** Listeners for GraphiQL that save what it has not saved yet when the page is left: it saves half a second late. */
export function saveTabsOnLeaving(window: BrowserWindow): { onTabChange(state: TabState): void; onEditVariables(text: string): void } {
  let state: TabState | undefined
  let variables: string | undefined
  let changedAt = 0

  window.addEventListener('pagehide', () => {
    // Older changes are saved already, and another window may have saved since.
    if (state === undefined || Date.now() - changedAt > 1_000) return
    const { tabs, activeTabIndex } = state
    const saved = tabs.map((tab, index) => ({
      ...tab,
      variables: index === activeTabIndex ? (variables ?? tab.variables) : tab.variables,
      // As GraphiQL saves them: headers may hold a token.
      headers: null,
      response: null,
      hash: null,
    }))
    try {
      window.localStorage.setItem('graphiql:tabState', JSON.stringify({ tabs: saved, activeTabIndex }))
    } catch {
      // Beyond the browser's storage quota; GraphiQL ignores that as well.
    }
  })

  return {
    onTabChange(changed) {
      state = changed
      changedAt = Date.now()
    },
    onEditVariables(text) {
      variables = text
      changedAt = Date.now()
    },
  }
}
