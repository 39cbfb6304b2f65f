import { useMemo } from 'preact/hooks'
import type { SendResult } from '../file/send-rows.ts'
import { Icon } from '../parts/icon.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { counted } from '../parts/number-text.ts'
import type { Load } from './create-load.ts'
import type { StateOf } from './load-state.ts'
import { RowsView } from './rows-view.tsx'
import type { ShownRow } from './shown-row.ts'
import { StepHeading } from './steps.tsx'

/** The one issue that every row of a trial has, if there is just one. */
function commonIssue({ accepted, failed }: SendResult): string | undefined {
  const [first, ...others] = new Set(failed.flatMap(({ issues }) => issues.map(({ message }) => message)))
  return accepted === 0 && others.length === 0 ? first : undefined
}

/** What the upstream would say to the first rows. */
export function TriedStep({ load, state: { loaded, choice, trial } }: { load: Load; state: StateOf<'tried'> }) {
  const rows = useMemo((): ShownRow[] => {
    const failed = new Map(trial.failed.map((row) => [row.row.number, row]))
    return loaded.scan.firstRows.map((row) => {
      const found = failed.get(row.number)
      // The worker sends copies: another object than the row that failed would be shown as corrected.
      return { row: found?.row ?? row, failed: found }
    })
  }, [loaded, trial])
  const good = trial.accepted
  const common = commonIssue(trial)
  return (
    <section class="stack">
      <StepHeading>What would become of the first rows</StepHeading>
      {trial.stopped && <FailureNotice failure={trial.stopped} />}
      <Notice
        tone={trial.rejected + trial.unconfirmed === 0 ? 'good' : good === 0 ? 'bad' : 'warning'}
        title={`${good} of ${counted(trial.rows, 'row')} would be accepted.`}
      >
        {common !== undefined && <p>All were refused for the same reason: {common}</p>}
        <p>
          {trial.rejected === 0
            ? 'Nothing was written. The rest of the file is judged row by row in the same way.'
            : `Nothing was written. Bad cells are marked; ${good === 0 ? 'look at the columns again, or correct the file' : 'you can correct bad rows here after sending the good ones'}.`}
        </p>
      </Notice>
      <RowsView label="The first rows of the file" headers={loaded.scan.headers} choice={choice} rows={rows} />
      <div class="actions">
        <button type="button" class="button" onClick={() => load.backToColumns()}>
          Back to the columns
        </button>
        <button type="button" class="button button-primary" onClick={load.send}>
          Send all {counted(loaded.scan.rows, 'row')} <Icon name="arrow" />
        </button>
      </div>
    </section>
  )
}
