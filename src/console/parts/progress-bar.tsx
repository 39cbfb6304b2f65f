/** One part of a bar. */
export interface Part {
  readonly tone: 'good' | 'bad' | 'warning'
  readonly value: number
}

/** A bar of parts that fills towards a whole. */
export function ProgressBar({ label, parts, whole }: { label: string; parts: readonly Part[]; whole: number }) {
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
