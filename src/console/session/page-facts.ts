/** What the gateway tells its page. */
export interface PageFacts {
  readonly upstream: { readonly kind: 'sandbox' } | { readonly kind: 'remote'; readonly host: string }
  /** The token that works in a sandbox, where it is no secret. */
  readonly token: string | undefined
  /** The gateway has a token of its own, so that callers need none. */
  readonly lendsToken: boolean
  /** Where GraphQL is. */
  readonly endpoint: string
}

/** Reads what the gateway has put into the page. */
export function readPageFacts(page: Document): PageFacts {
  const told = page.querySelector<HTMLMetaElement>('meta[name="rowgate"]')?.content
  return JSON.parse(told ?? '') as PageFacts
}
