import { useRef } from 'preact/hooks'
import { count, counted, duration, percent } from '../parts/number-text.ts'
import type { Load } from './create-load.ts'
import type { StateOf } from './load-state.ts'
import { StepHeading } from './steps.tsx'

/** Progress of reading a file. */
export function ReadingStep({ load, state: { file, progress } }: { load: Load; state: StateOf<'reading'> }) {
  return (
    <section class="card stack">
      <StepHeading>Reading the file</StepHeading>
      <ProgressBar label="Read so far" parts={[{ tone: 'good', value: progress.bytes }]} whole={file.size} />
      <p class="muted">
        {file.name}: {counted(progress.rows, 'row')} so far
      </p>
      <Cancel load={load} />
    </section>
  )
}

/** Progress of trying the first rows. */
export function TryingStep({ load, state: { loaded } }: { load: Load; state: StateOf<'trying'> }) {
  return (
    <section class="card stack">
      <StepHeading>Trying the first rows</StepHeading>
      <div class="bar bar-waiting" role="progressbar" aria-label="Trying" />
      <p class="muted">{counted(loaded.scan.firstRows.length, 'row')} of the file are checked end to end; nothing is written.</p>
      <Cancel load={load} />
    </section>
  )
}

/** Progress of sending rows. */
export function SendingStep({ load, state: { loaded, progress, since } }: { load: Load; state: StateOf<'sending'> }) {
  const { accepted = 0, rejected = 0, unconfirmed = 0, settled = 0, waitingMs } = progress ?? {}
  const rate = useRate(settled, since)
  const whole = loaded.scan.rows
  const left = rate > 0 ? (whole - settled) / rate : undefined
  return (
    <section class="card stack">
      <StepHeading>Sending</StepHeading>
      <ProgressBar
        label="Rows with an outcome"
        parts={[
          { tone: 'good', value: accepted },
          { tone: 'bad', value: rejected },
          { tone: 'warning', value: unconfirmed },
        ]}
        whole={whole}
      />
      <p>
        <strong>{percent(whole === 0 ? 0 : settled / whole)}</strong>
        <span class="muted">
          {' '}
          · {count(settled)} of {counted(whole, 'row')}
          {rate > 0 && ` · ${count(Math.round(rate))} rows a second`}
          {left !== undefined && left > 1 && ` · about ${duration(left)} left`}
        </span>
      </p>
      <dl class="figures">
        <Figure tone="good" title="Accepted" value={accepted} />
        <Figure tone="bad" title="Rejected" value={rejected} />
        <Figure tone="warning" title="Unconfirmed" value={unconfirmed} />
      </dl>
      {waitingMs !== undefined && (
        <p class="muted">
          Waiting {duration(waitingMs / 1_000)}, as the gateway asks or because it does not answer; then it goes on by itself.
        </p>
      )}
      <Cancel load={load} />
    </section>
  )
}

/** A number with its name. */
export function Figure({ tone, title, value }: { tone: 'good' | 'bad' | 'warning' | 'plain'; title: string; value: number | string }) {
  return (
    <div class={`figure figure-${tone}`}>
      <dt>{title}</dt>
      <dd>{typeof value === 'number' ? count(value) : value}</dd>
    </div>
  )
}

function Cancel({ load }: { load: Load }) {
  return (
    <div class="actions">
      <button type="button" class="button" onClick={load.cancel}>
        Cancel
      </button>
    </div>
  )
}

const WINDOW_MS = 5_000

/** Rows per second over the last seconds. */
function useRate(settled: number, since: number): number {
  const seen = useRef<{ at: number; settled: number }[]>([{ at: since, settled: 0 }])
  const now = performance.now()
  const kept = seen.current
  if (kept.at(-1)?.settled !== settled) kept.push({ at: now, settled })
  while (kept.length > 2 && now - (kept[0]?.at ?? now) > WINDOW_MS) kept.shift()
  const [first] = kept
  return first === undefined || now <= first.at ? 0 : ((settled - first.settled) * 1_000) / (now - first.at)
}

/** A bar of parts that fills towards a whole. */
function ProgressBar({
  label,
  parts,
  whole,
}: {
  label: string
  parts: readonly { readonly tone: 'good' | 'bad' | 'warning'; readonly value: number }[]
  whole: number
}) {
  const done = parts.reduce((sum, { value }) => sum + value, 0)
  const share = whole === 0 ? 0 : Math.min(1, done / whole)
  return (
    <div class="bar" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.floor(share * 100)}>
      {parts.map(({ tone, value }) => (
        <span key={tone} class={`bar-part bar-${tone}`} style={{ inlineSize: `${whole === 0 ? 0 : (100 * value) / whole}%` }} />
      ))}
    </div>
  )
}
