import { describe, expect, test, vi } from 'vitest'
import { renderGraphiqlPage } from '../src/graphql/graphiql.ts'
import { saveTabsOnLeaving, startingTabs } from '../src/graphql/graphiql-tabs.ts'

describe("GraphiQL's page", () => {
  const remote = { operations: [], token: undefined, endpoint: '/graphql', consolePath: undefined } as const

  test('names the host of a real upstream, as text', async () => {
    const page = await renderGraphiqlPage({ ...remote, upstream: { kind: 'remote', url: { hostname: 'a&b.<i>example' } } })
    expect(/<div id="upstream".*?<\/div>/.exec(page)?.[0]).toBe(
      '<div id="upstream" role="status" data-kind="remote"><strong>Real upstream.</strong> Rows are written to <code>a&#38;b.&#60;i&#62;example</code>.</div>',
    )
  })

  test('leads to the console, where there is one', async () => {
    const linkOf = async (consolePath: string | undefined) =>
      /<a href="[^"]*">/.exec(
        (await renderGraphiqlPage({ ...remote, consolePath, upstream: { kind: 'sandbox' } })).split('<div id="upstream"')[1] ?? '',
      )?.[0]
    expect([await linkOf('/console'), await linkOf(undefined)]).toEqual(['<a href="/console">', undefined])
  })

  test('has the token of the sandbox filled in, and leaves room for one where it is a secret', async () => {
    const scriptWith = async (token: string | undefined) =>
      (await renderGraphiqlPage({ ...remote, token, upstream: { kind: 'sandbox' } })).split('renderYogaGraphiQL(document')[1]
    expect(await scriptWith('sandbox-token')).toContain(String.raw`\"Authorization\": \"sandbox-token\"`)
    expect(await scriptWith(undefined)).toContain('your token>')
  })

  test('is not ended by what an example says', async () => {
    const operations = [{ query: '# </script><script>alert(1)</script>\nquery Q { a }' }]
    const page = await renderGraphiqlPage({ ...remote, operations, upstream: { kind: 'sandbox' } })
    expect(page.match(/<\/script>/g)).toHaveLength(1)
  })
})

describe('the tabs that GraphiQL starts with', () => {
  const examples = [
    { query: 'query A { a }', variables: '{"a":1}' },
    { query: 'query B { b }', variables: null },
  ]
  const stored = JSON.stringify({
    activeTabIndex: 1,
    tabs: [
      { query: 'query A { a }', variables: '{"a":2}' },
      { query: 'query Mine { mine }', variables: null },
    ],
  })

  test.each([
    ['the examples on the first visit', null, '', 'query A { a }', '{"a":1}'],
    ['the stored tab that was open', stored, '', 'query Mine { mine }', ''],
    ['the examples where what is stored cannot be read', '{"tabs":[', '', 'query A { a }', '{"a":1}'],
    ['the examples where another version stored something else', '{"tabs":[]}', '', 'query A { a }', '{"a":1}'],
    ['a document of the address', null, '?query=query+C+{+c+}', 'query C { c }', ''],
    ['a document of the address that is stored, with its variables', stored, '?query=query+A+{+a+}', 'query A { a }', '{"a":2}'],
  ])('are %s', (_, tabState, search, query, variables) => {
    const browser = createBrowserWindow(tabState, search)
    const started = startingTabs(browser, examples)
    expect(started).toMatchObject({ query, variables })
    expect(started.defaultTabs[0]).toEqual({ query, variables })
    expect(browser.address()).toBe(search === '' ? undefined : '/graphql')
  })

  function createBrowserWindow(tabState: string | null, search: string) {
    let address: string | undefined
    return {
      localStorage: { getItem: (key: string) => (key === 'graphiql:tabState' ? tabState : null), setItem: () => undefined },
      location: { href: `http://127.0.0.1:4000/graphql${search}` },
      history: {
        replaceState(_state: null, _unused: string, url: string) {
          address = url
        },
      },
      addEventListener: () => undefined,
      address: () => address,
    }
  }
})

describe('what was changed last', () => {
  const tab = (variables: string | null) => ({ query: 'query A { a }', variables, headers: '{"Authorization":"secret"}' })
  const leave = (change: (listeners: ReturnType<typeof saveTabsOnLeaving>) => void, afterMs: number) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const stored: string[] = []
    let leaving = () => {}
    const listeners = saveTabsOnLeaving({
      localStorage: { getItem: () => null, setItem: (_, text) => stored.push(text) },
      location: { href: 'http://127.0.0.1:4000/graphql' },
      history: { replaceState: () => undefined },
      addEventListener(_, listener) {
        leaving = listener
      },
    })
    change(listeners)
    vi.setSystemTime(Date.now() + afterMs)
    leaving()
    vi.useRealTimers()
    return stored.map((text) => JSON.parse(text))
  }

  test('is saved as the page is left, without headers: a document, and variables of the open tab', () => {
    const changed = { activeTabIndex: 1, tabs: [tab('{"a":1}'), tab(null)] }
    expect(leave(({ onTabChange }) => onTabChange(changed), 900)).toMatchObject([
      {
        activeTabIndex: 1,
        tabs: [
          { variables: '{"a":1}', headers: null },
          { variables: null, headers: null },
        ],
      },
    ])
    const edit = ({ onTabChange, onEditVariables }: ReturnType<typeof saveTabsOnLeaving>) => {
      onTabChange(changed)
      vi.setSystemTime(Date.now() + 5_000)
      onEditVariables('{"a":2}')
    }
    expect(leave(edit, 900)).toMatchObject([{ tabs: [{ variables: '{"a":1}' }, { variables: '{"a":2}' }] }])
  })

  test('is left as it is where another window may have saved since', () => {
    expect(leave(({ onTabChange }) => onTabChange({ activeTabIndex: 0, tabs: [tab(null)] }), 1_100)).toEqual([])
    expect(leave(() => {}, 0)).toEqual([])
  })
})
