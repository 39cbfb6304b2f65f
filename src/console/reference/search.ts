import type { Resource } from '../session/resource.ts'

/** A resource that matches a search, with its matching columns. */
export interface Found {
  readonly resource: Resource
  readonly columns: ReadonlySet<string>
}

/** The resources in which every word of a search occurs: in their names and descriptions, or in those of one column. */
export function searchResources(resources: readonly Resource[], text: string): Found[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const has = (...texts: readonly string[]) => {
    const all = texts.join(' ').toLowerCase()
    return words.every((word) => all.includes(word))
  }
  return resources.flatMap((resource): Found[] => {
    if (words.length === 0) return [{ resource, columns: new Set() }]
    const hits = resource.columns.filter(({ field, column, description }) => has(field, column, description))
    const columns = new Set(hits.map(({ field }) => field))
    const { name, title, object, description, moduleTitle } = resource
    return columns.size > 0 || has(name, title, object, description, moduleTitle) ? [{ resource, columns }] : []
  })
}
