interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): unknown
}

/** The page's policy forbids strings that become code; the one exception is its worker, a file in its own folder. */
export function allowOwnWorker(page: { readonly location: Location; readonly trustedTypes?: TrustedTypes }): void {
  page.trustedTypes?.createPolicy('default', {
    createScriptURL(url) {
      const { origin, pathname } = new URL(url, page.location.href)
      if (origin === page.location.origin && pathname.startsWith('/console/assets/')) return url
      throw new TypeError('Not a script of this page.')
    },
  })
}
