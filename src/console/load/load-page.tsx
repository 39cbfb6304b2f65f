import { useEffect, useMemo } from 'preact/hooks'
import { startWorker } from '../file/start-worker.ts'
import type { Resource } from '../session/resource.ts'
import type { Session } from '../session/session.ts'
import { useStore } from '../session/store.ts'
import { ColumnsStep } from './columns-step.tsx'
import { createLoad, type Load } from './create-load.ts'
import { DropStep } from './drop-step.tsx'
import { ReadingStep, SendingStep, TryingStep } from './progress-steps.tsx'
import { SentStep } from './sent-step.tsx'
import { Steps } from './steps.tsx'
import { TriedStep } from './tried-step.tsx'

/** Creates the load of a page; it survives switching to another tab. */
export function useLoad(session: Session, resources: readonly Resource[] | undefined): Load | undefined {
  return useMemo(() => resources && createLoad({ worker: startWorker(), session, resources }), [session, resources])
}

/** Has the browser ask for confirmation before the page is left. */
function useLeaveWarning(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [isNeeded])
}

/** From a file to rows: one step after the other. */
export function LoadPage({ load, session, resources }: { load: Load; session: Session; resources: readonly Resource[] }) {
  const state = useStore(load.state)
  useLeaveWarning(state.step === 'sending' || (state.step === 'sent' && state.edits.size > 0))
  return (
    <>
      <div class="page-head">
        <h1>Load a file</h1>
        <Steps step={state.step} />
      </div>
      {state.step === 'file' && <DropStep load={load} state={state} />}
      {state.step === 'reading' && <ReadingStep load={load} state={state} />}
      {state.step === 'columns' && <ColumnsStep load={load} state={state} resources={resources} />}
      {state.step === 'trying' && <TryingStep load={load} state={state} />}
      {state.step === 'tried' && <TriedStep load={load} state={state} />}
      {state.step === 'sending' && <SendingStep load={load} state={state} />}
      {state.step === 'sent' && <SentStep load={load} state={state} session={session} />}
    </>
  )
}
