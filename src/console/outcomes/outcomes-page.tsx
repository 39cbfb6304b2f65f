import { useMemo, useState } from 'preact/hooks'
import { Figure } from '../load/progress-steps.tsx'
import { SelectField } from '../parts/fields.tsx'
import { Empty, FailureNotice } from '../parts/notice.tsx'
import { percent } from '../parts/number-text.ts'
import { type OutcomesAnswer, outcomesQuery } from '../session/queries.ts'
import type { Resource } from '../session/resource.ts'
import type { Session } from '../session/session.ts'
import { useQuery } from '../session/use-query.ts'
import { useSolutions } from '../session/use-solutions.ts'
import { BarChart, totalOf } from './bar-chart.tsx'
import { filledBuckets, PERIODS, sinceOf } from './buckets.ts'
import { ResourceReports } from './resource-reports.tsx'

/** What became of the rows of the token in the last day. */
export function OutcomesPage({ session, resources }: { session: Session; resources: readonly Resource[] }) {
  const solutions = useSolutions(session, resources)
  const [chosen, setChosen] = useState<string | undefined>(undefined)
  const [periodName, setPeriod] = useState<keyof typeof PERIODS>('day')
  const [asOf, setAsOf] = useState(() => Date.now())
  const solution = chosen ?? solutions[0]
  const period = PERIODS[periodName]
  const since = sinceOf(period, asOf)
  const members = useMemo(() => resources.filter((resource) => resource.solutions.includes(solution ?? '')), [resources, solution])
  const asked = useQuery<OutcomesAnswer>(session, solution && outcomesQuery(members.map(({ name }) => name)), {
    solution,
    since: new Date(since).toISOString(),
    bucket: period.bucket,
  })
  const refresh = () => {
    setAsOf(Date.now())
    asked.reload()
  }
  return (
    <>
      <div class="page-head">
        <h1>Outcomes</h1>
        <div class="fields-inline">
          <SelectField title="Solution" value={solution} options={solutions} onChange={setChosen} />
          <SelectField
            title="Period"
            value={periodName}
            options={Object.entries(PERIODS).map(([name, { title }]) => [name, title])}
            onChange={(name) => setPeriod(name as keyof typeof PERIODS)}
          />
          <button type="button" class="button" onClick={refresh}>
            Refresh
          </button>
        </div>
      </div>
      {asked.failure && <FailureNotice failure={asked.failure} />}
      {asked.data === undefined && asked.isLoading && <p class="loading">Loading …</p>}
      {asked.data && <Report answer={asked.data} members={members} period={period} since={since} />}
    </>
  )
}

interface ReportProps {
  readonly answer: OutcomesAnswer
  readonly members: readonly Resource[]
  readonly period: (typeof PERIODS)[keyof typeof PERIODS]
  readonly since: number
}

function Report({ answer, members, period, since }: ReportProps) {
  const { all } = answer
  if (totalOf(all) === 0)
    return (
      <Empty icon="chart" title="No rows in this period.">
        <p class="muted">Rows that are sent with this token appear here. Trial runs do not count.</p>
        <a class="button button-primary" href="#load">
          Load a file
        </a>
      </Empty>
    )
  return (
    <section class="stack">
      <div class="card stack">
        <dl class="figures">
          <Figure tone="plain" title="Pass rate" value={all.passRate === null ? '–' : percent(all.passRate)} />
          <Figure tone="good" title="Accepted" value={all.accepted} />
          <Figure tone="bad" title="Rejected" value={all.rejected} />
          <Figure tone="warning" title="Unconfirmed" value={all.unconfirmed} />
        </dl>
        <BarChart buckets={filledBuckets(all.buckets, period, since)} length={period.bucket} />
      </div>
      <ResourceReports answer={answer} members={members} />
    </section>
  )
}
