import { type Client, createClient } from '../../client/index.ts'
import type { Gate } from '../file/messages.ts'
import type { PageFacts } from './page-facts.ts'
import { createStore, type Store } from './store.ts'

/** The user of the page: a token that stays in this tab. */
export interface Session {
  readonly facts: PageFacts
  readonly token: Store<string | undefined>
  signIn(token: string): void
  signOut(): void
  /** Whether rows can be sent. */
  isOpen(): boolean
  /** A client with the current token. */
  client(): Client
  /** The same for the worker. */
  gate(): Gate
}

const KEY = 'rowgate-token'

/** The session of this tab; the token is kept where only the tab sees it, until it is closed. */
export function createSession(facts: PageFacts, storage: Storage, base: string): Session {
  const token = createStore(storage.getItem(KEY) ?? undefined)
  const url = new URL(facts.endpoint, base).href
  const gate = (): Gate => ({ url, token: token.get() })
  return {
    facts,
    token,
    signIn(given) {
      storage.setItem(KEY, given)
      token.set(given)
    },
    signOut() {
      storage.removeItem(KEY)
      token.set(undefined)
    },
    isOpen: () => facts.lendsToken || token.get() !== undefined,
    client: () => createClient(gate()),
    gate,
  }
}
