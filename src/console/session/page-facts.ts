/** What the gateway tells the console page. */
export interface PageFacts {
  readonly upstream: { readonly kind: 'sandbox' } | { readonly kind: 'remote'; readonly host: string }
  /** The token of the sandbox, where it is no secret. */
  readonly token: string | undefined
  /** The gateway has a token of its own, so callers need none. */
  readonly lendsToken: boolean
  /** The path of GraphQL. */
  readonly endpoint: string
}

/** Reads what the gateway has put into the page. */
export function readPageFacts(page: Document): PageFacts {
  const told = page.querySelector<HTMLMetaElement>('meta[name="rowgate"]')?.content
  return JSON.parse(told ?? '') as PageFacts
}
