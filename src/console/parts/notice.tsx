import type { ComponentChildren } from 'preact'
import type { Failure } from '../file/failure.ts'
import { Icon, type IconName } from './icon.tsx'

/** The tone of a notice. */
type Tone = 'good' | 'bad' | 'warning' | 'plain'

const ICONS: Readonly<Record<Tone, IconName>> = { good: 'check', bad: 'cross', warning: 'warning', plain: 'question' }

/** A notice: what is the case, and below it what follows from that. */
export function Notice({ tone, title, children }: { tone: Tone; title: ComponentChildren; children?: ComponentChildren }) {
  return (
    <div class={`notice notice-${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      <Icon name={ICONS[tone]} />
      <div>
        <p class="notice-title">{title}</p>
        {children}
      </div>
    </div>
  )
}

/** What went wrong, and what to do about it. */
export function FailureNotice({ failure, children }: { failure: Failure; children?: ComponentChildren }) {
  return (
    <Notice tone="bad" title={failure.message}>
      {failure.remedy !== '' && <p>{failure.remedy}</p>}
      <p class="code-line">{failure.code}</p>
      {children}
    </Notice>
  )
}

/** A placeholder where there is nothing yet: what will be here, and how to get there. */
export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <Icon name={icon} />
      <p class="empty-title">{title}</p>
      {children}
    </div>
  )
}
