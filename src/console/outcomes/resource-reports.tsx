import { count, percent } from '../parts/number-text.ts'
import type { OutcomesAnswer, Report } from '../session/queries.ts'
import type { Resource } from '../session/resource.ts'
import { totalOf } from './bar-chart.tsx'

const TOP = 5

/** Every resource that had rows, with their outcomes and most frequent issues. */
export function ResourceReports({ answer, members }: { answer: OutcomesAnswer; members: readonly Resource[] }) {
  const reports = members
    .map((resource, at) => ({ resource, report: answer[`r${at}`] }))
    .filter((one): one is { resource: Resource; report: Report } => one.report !== undefined && totalOf(one.report) > 0)
    .sort((a, b) => totalOf(b.report) - totalOf(a.report))
  return (
    <div class="reports">
      {reports.map(({ resource, report }) => (
        <article key={resource.name} class="card stack-small">
          <div class="report-head">
            <h2>{resource.title}</h2>
            <p class="muted">{report.passRate === null ? '' : `${percent(report.passRate)} accepted`}</p>
          </div>
          <Split report={report} />
          {report.topIssues.length > 0 ? <TopIssues issues={report.topIssues.slice(0, TOP)} /> : <p class="muted">No issues.</p>}
        </article>
      ))}
    </div>
  )
}

function Split({ report }: { report: Report }) {
  const whole = totalOf(report)
  const kinds = [
    { kind: 'accepted', value: report.accepted },
    { kind: 'unconfirmed', value: report.unconfirmed },
    { kind: 'rejected', value: report.rejected },
  ].filter(({ value }) => value > 0)
  return (
    <div>
      <div class="split" aria-hidden="true">
        {kinds.map(({ kind, value }) => (
          <span key={kind} class={`split-${kind}`} style={{ flexGrow: value / whole }} />
        ))}
      </div>
      <p class="muted small">{kinds.map(({ kind, value }) => `${count(value)} ${kind}`).join(' · ')}</p>
    </div>
  )
}

function TopIssues({ issues }: { issues: Report['topIssues'] }) {
  const most = Math.max(...issues.map((issue) => issue.count))
  return (
    <table class="top-issues">
      <thead class="visually-hidden">
        <tr>
          <th scope="col">Issue</th>
          <th scope="col">Times</th>
        </tr>
      </thead>
      <tbody>
        {issues.map(({ code, field, count: times }) => (
          <tr key={`${code} ${field}`}>
            <th scope="row">
              <span class="code-line">{code}</span>
              {field !== null && <span class="muted small"> {field}</span>}
              <span class="issue-bar" style={{ inlineSize: `${(100 * times) / most}%` }} />
            </th>
            <td>{count(times)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
