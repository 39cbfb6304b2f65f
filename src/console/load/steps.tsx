import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../parts/icon.tsx'
import type { LoadState } from './load-state.ts'

const STEPS: readonly { readonly title: string; readonly states: readonly LoadState['step'][] }[] = [
  { title: 'File', states: ['file', 'reading'] },
  { title: 'Columns', states: ['columns'] },
  { title: 'Try', states: ['trying', 'tried'] },
  { title: 'Send', states: ['sending'] },
  { title: 'Correct', states: ['sent'] },
]

/** Shows how far a load is. */
export function Steps({ step }: { step: LoadState['step'] }) {
  const now = STEPS.findIndex(({ states }) => states.includes(step))
  return (
    <ol class="steps" aria-label="Steps of loading a file">
      {STEPS.map(({ title }, at) => (
        <li key={title} class={at < now ? 'is-done' : at === now ? 'is-now' : ''} aria-current={at === now ? 'step' : undefined}>
          <span class="step-mark">{at < now ? <Icon name="check" /> : at + 1}</span>
          {title}
          {at < now && <span class="visually-hidden"> (done)</span>}
        </li>
      ))}
    </ol>
  )
}

/** The heading of a step takes the focus when the step appears, so that it is read out and the next tab key leads into the step. */
export function StepHeading({ children }: { children: string }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <h2 ref={heading} tabIndex={-1}>
      {children}
    </h2>
  )
}
