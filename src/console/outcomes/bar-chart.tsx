import { count, counted } from '../parts/number-text.ts'
import type { Bucket } from '../session/queries.ts'
import { type BucketLength, niceCeiling } from './buckets.ts'

const HEIGHT = 100
const KINDS = ['accepted', 'unconfirmed', 'rejected'] as const

/** Rows by outcome over time: stacked bars, and the same numbers as a table. */
export function BarChart({ buckets, length }: { buckets: readonly Bucket[]; length: BucketLength }) {
  const most = niceCeiling(Math.max(...buckets.map(totalOf)))
  const label = (start: string) => new Date(start).toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return (
    <figure class="chart">
      <div class="chart-plot">
        <div class="chart-scale" aria-hidden="true">
          {[most, most / 2, 0].map((value) => (
            <span key={value}>{count(value)}</span>
          ))}
        </div>
        <svg
          class="chart-bars"
          role="img"
          aria-label={`Rows by outcome over time, at most ${count(Math.max(...buckets.map(totalOf)))} in one ${length === 'HOUR' ? 'hour' : 'minute'}. The table below has the numbers.`}
          viewBox={`0 0 ${buckets.length * 10} ${HEIGHT}`}
          preserveAspectRatio="none"
        >
          {[0, 0.5, 1].map((share) => (
            <line key={share} class="chart-line" x1="0" x2={buckets.length * 10} y1={HEIGHT * share} y2={HEIGHT * share} />
          ))}
          {buckets.map((bucket, at) => (
            <Bar key={bucket.start} bucket={bucket} x={at * 10 + 1} most={most} title={`${label(bucket.start)}: ${wordsOf(bucket)}`} />
          ))}
        </svg>
      </div>
      <div class="chart-times" aria-hidden="true">
        {buckets
          .filter((_, at) => at % (buckets.length / 4) === 0)
          .map(({ start }) => (
            <span key={start}>{label(start)}</span>
          ))}
        <span>now</span>
      </div>
      <details>
        <summary>As a table</summary>
        <BucketTable buckets={buckets.filter((bucket) => totalOf(bucket) > 0)} label={label} />
      </details>
    </figure>
  )
}

function Bar({ bucket, x, most, title }: { bucket: Bucket; x: number; most: number; title: string }) {
  let below = 0
  return (
    <g>
      <title>{title}</title>
      <rect class="bar-hover" x={x - 1} y="0" width="10" height={HEIGHT} />
      {KINDS.map((kind) => {
        const height = (bucket[kind] / most) * HEIGHT
        below += height
        return height > 0 && <rect key={kind} class={`bar-${kind}`} x={x} y={HEIGHT - below} width="8" height={height} />
      })}
    </g>
  )
}

function BucketTable({ buckets, label }: { buckets: readonly Bucket[]; label: (start: string) => string }) {
  return (
    <table class="numbers">
      <thead>
        <tr>
          <th scope="col">From</th>
          <th scope="col">Accepted</th>
          <th scope="col">Rejected</th>
          <th scope="col">Unconfirmed</th>
        </tr>
      </thead>
      <tbody>
        {buckets.map(({ start, accepted, rejected, unconfirmed }) => (
          <tr key={start}>
            <th scope="row">{label(start)}</th>
            <td>{count(accepted)}</td>
            <td>{count(rejected)}</td>
            <td>{count(unconfirmed)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** All rows of a bucket. */
export function totalOf({ accepted, rejected, unconfirmed }: Pick<Bucket, 'accepted' | 'rejected' | 'unconfirmed'>): number {
  return accepted + rejected + unconfirmed
}

function wordsOf({ accepted, rejected, unconfirmed }: Bucket): string {
  return `${counted(accepted, 'row')} accepted, ${count(rejected)} rejected, ${count(unconfirmed)} unconfirmed`
}
