import type { Issue } from '../../client/index.ts'
import type { Target } from '../../tabular/header-names.ts'
import { cellText } from '../file/source-row.ts'
import { Icon } from '../parts/icon.tsx'
import type { ShownRow } from './shown-row.ts'

interface IssuePanelProps {
  readonly shown: ShownRow | undefined
  readonly headers: readonly string[]
  readonly targets: readonly Target[]
  readonly column: number
  readonly isEditable: boolean
}

/** The issues of the focused row, those of the cell first; read out when the focus moves. */
export function IssuePanel({ shown, headers, targets, column, isEditable }: IssuePanelProps) {
  const target = targets[column] ?? null
  const issues = shown?.failed?.issues ?? []
  const isCorrected = shown?.failed !== undefined && shown.failed.row !== shown.row
  const sorted = [...issues].sort((a, b) => Number(b.field === target) - Number(a.field === target))
  return (
    <div class="issue-panel" aria-live="polite">
      {shown && (
        <p class="issue-place">
          <strong>Row {shown.row.number}</strong>
          {shown.row.line !== undefined && <span class="muted"> · line {shown.row.line} of the file</span>}
          {column >= 0 && (
            <span class="muted">
              {' · '}
              {headers[column]}: <code>{cellText(shown.row.cells[column]).slice(0, 80) || 'empty'}</code>
            </span>
          )}
        </p>
      )}
      {shown && issues.length === 0 && <Nothing shown={shown} />}
      {isCorrected && (
        <p class="state state-good">
          <Icon name="check" />
          Corrected here; it is checked when it is sent. What was complained of:
        </p>
      )}
      <ul class="issues">
        {sorted.map((issue, at) => (
          <IssueLine key={at} issue={issue} isHere={issue.field !== null && issue.field === target} />
        ))}
      </ul>
      {isEditable && issues.length > 0 && <p class="muted small">Enter, or a second click, edits a cell; Escape leaves it as it was.</p>}
    </div>
  )
}

function Nothing({ shown }: { shown: ShownRow }) {
  return (
    <p class="state state-good">
      <Icon name="check" />
      {shown.failed === undefined ? 'Nothing is wrong with this row.' : 'It is not known whether this row was written.'}
    </p>
  )
}

function IssueLine({ issue: { field, code, message, hint }, isHere }: { issue: Issue; isHere: boolean }) {
  return (
    <li class={isHere ? 'is-here' : ''}>
      <p>
        {message}
        {hint !== null && <span class="hint"> {sentenceOf(hint)}</span>}
      </p>
      <p class="code-line">
        {code}
        {field !== null && ` · ${field}`}
      </p>
    </li>
  )
}

/** Hints are parts of sentences, and some of them are questions. */
function sentenceOf(hint: string): string {
  return `${hint.charAt(0).toUpperCase()}${hint.slice(1)}${/[.?]$/.test(hint) ? '' : '.'}`
}
