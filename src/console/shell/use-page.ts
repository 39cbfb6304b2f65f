import { useEffect, useState } from 'preact/hooks'

/** The pages, by the fragment of the address. */
export const PAGES = [
  { name: 'load', title: 'Load', icon: 'upload' },
  { name: 'outcomes', title: 'Outcomes', icon: 'chart' },
  { name: 'setup', title: 'Set-up', icon: 'list' },
  { name: 'reference', title: 'Reference', icon: 'book' },
] as const

/** The name of a page. */
export type PageName = (typeof PAGES)[number]['name']

function pageOf(hash: string): PageName {
  return PAGES.find(({ name }) => hash === `#${name}` || hash.startsWith(`#${name}/`))?.name ?? 'load'
}

/** The page that the address names, as it changes. */
export function usePage(): PageName {
  const [page, setPage] = useState(() => pageOf(location.hash))
  useEffect(() => {
    const follow = () => setPage(pageOf(location.hash))
    window.addEventListener('hashchange', follow)
    return () => window.removeEventListener('hashchange', follow)
  }, [])
  return page
}
