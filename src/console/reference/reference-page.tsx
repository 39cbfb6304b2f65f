import { useState } from 'preact/hooks'
import { Icon } from '../parts/icon.tsx'
import { Empty } from '../parts/notice.tsx'
import { counted } from '../parts/number-text.ts'
import type { Resource } from '../session/resource.ts'
import { ResourceCard } from './resource-card.tsx'
import { searchResources } from './search.ts'

/** Everything that can be ingested: all resources, with their columns and rules. */
export function ReferencePage({ resources }: { resources: readonly Resource[] }) {
  const [text, setText] = useState('')
  const found = searchResources(resources, text)
  const modules = Map.groupBy(found, ({ resource }) => resource.moduleTitle)
  return (
    <>
      <div class="page-head">
        <h1>Reference</h1>
        <label class="search">
          <span class="visually-hidden">Search resources and columns</span>
          <Icon name="search" />
          <input
            type="search"
            placeholder="Search resources and columns"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
      </div>
      <p class="muted" role="status">
        {text === '' ? `${counted(resources.length, 'resource')}, by module` : `${counted(found.length, 'resource')} found`}
      </p>
      {found.length === 0 && <Empty icon="search" title="Nothing has that name." />}
      {[...modules].map(([title, members]) => (
        <section key={title} class="module">
          <h2>{title}</h2>
          {members.map(({ resource, columns }) => (
            <ResourceCard key={resource.name} resource={resource} hits={columns} />
          ))}
        </section>
      ))}
    </>
  )
}
