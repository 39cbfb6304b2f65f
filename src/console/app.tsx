import { useMemo, useState } from 'preact/hooks'
import { LoadPage, useLoad } from './load/load-page.tsx'
import { OutcomesPage } from './outcomes/outcomes-page.tsx'
import { FailureNotice } from './parts/notice.tsx'
import { ReferencePage } from './reference/reference-page.tsx'
import { RESOURCES, type ResourcesAnswer } from './session/queries.ts'
import type { Resource } from './session/resource.ts'
import type { Session } from './session/session.ts'
import { SignIn } from './session/sign-in.tsx'
import { useStore } from './session/store.ts'
import { type Asked, useQuery } from './session/use-query.ts'
import { SetupPage } from './setup/setup-page.tsx'
import { Shell } from './shell/shell.tsx'
import { type PageName, usePage } from './shell/use-page.ts'

/** The console: four pages below one header. */
export function App({ session }: { session: Session }) {
  const page = usePage()
  const token = useStore(session.token)
  const [wantsOther, setWantsOther] = useState(false)
  const asked = useQuery<ResourcesAnswer>(session, RESOURCES)
  const resources = asked.data?.resources
  const stable = useMemo(() => resources, [JSON.stringify(resources?.map(({ name }) => name))])
  const load = useLoad(session, stable)
  const isClosed = page !== 'reference' && (!session.isOpen() || wantsOther)
  return (
    <Shell page={page} session={session} onToken={() => setWantsOther(true)}>
      {isClosed ? (
        <SignIn
          session={session}
          onDone={() => setWantsOther(false)}
          {...(token !== undefined && { onLeave: () => setWantsOther(false) })}
        />
      ) : (
        <Pages page={page} session={session} asked={asked} resources={stable} load={load} />
      )}
    </Shell>
  )
}

interface PagesProps {
  readonly page: PageName
  readonly session: Session
  readonly asked: Asked<ResourcesAnswer>
  readonly resources: readonly Resource[] | undefined
  readonly load: ReturnType<typeof useLoad>
}

function Pages({ page, session, asked, resources, load }: PagesProps) {
  if (asked.failure && resources === undefined)
    return (
      <FailureNotice failure={asked.failure}>
        <button type="button" class="button" onClick={asked.reload}>
          Try again
        </button>
      </FailureNotice>
    )
  if (resources === undefined || load === undefined) return <p class="loading">Loading …</p>
  if (page === 'outcomes') return <OutcomesPage session={session} resources={resources} />
  if (page === 'setup') return <SetupPage session={session} resources={resources} />
  if (page === 'reference') return <ReferencePage resources={resources} />
  return <LoadPage load={load} session={session} resources={resources} />
}
