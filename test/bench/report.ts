import { agreedFigures, medianOf, ratioOf } from './figures.ts'
import type { Results } from './run-load.ts'
import { BASELINE, type SubjectName } from './subject-list.ts'
import { table } from './table.ts'

const HEAD = ['CPU-µs/row', 'ratio', 'rows/s', 'p50 ms', 'p99 ms', 'peak MiB', 'loop p99', 'loop max']

/** The tables of a run, ready to print. */
export function report(results: Results): string {
  const tables = Object.keys(results).map((series) => table([[series, ...HEAD], ...seriesRows(results, series)]))
  return [...tables, figureTable(results)].filter(Boolean).join('\n\n')
}

/** The medians and ratios of a run, for the file. */
export function summary(results: Results): unknown {
  const series = Object.entries(results).map(([name, subjects]) => [name, subjectSummaries(results, name, Object.keys(subjects))])
  return { series: Object.fromEntries(series), figures: agreedFigures(results) }
}

function subjectSummaries(results: Results, series: string, subjects: readonly string[]): unknown {
  const whats = ['cpuPerRow', 'rowsPerSecond', 'p50', 'p99', 'peakMiB', 'loopP99', 'loopMax'] as const
  const entries = (subjects as SubjectName[]).map((subject) => {
    const medians = Object.fromEntries(whats.map((what) => [what, medianOf(results, series, subject, what)]))
    return [subject, { ...medians, ratio: ratioOf(results, series, subject, baseOf(results, series), 'cpuPerRow') }]
  })
  return Object.fromEntries(entries)
}

/** Where there is no baseline, ratios are to Rowgate as it comes. */
function baseOf(results: Results, series: string): SubjectName {
  return results[series]?.[BASELINE] === undefined ? 'rowgate' : BASELINE
}

function seriesRows(results: Results, series: string): string[][] {
  return (Object.keys(results[series] ?? {}) as SubjectName[]).map((subject) => {
    const of = (what: Parameters<typeof medianOf>[3], digits: number) => number(medianOf(results, series, subject, what), digits)
    return [
      subject,
      of('cpuPerRow', 2),
      number(ratioOf(results, series, subject, baseOf(results, series), 'cpuPerRow'), 2),
      of('rowsPerSecond', 0),
      of('p50', 1),
      of('p99', 1),
      of('peakMiB', 0),
      of('loopP99', 0),
      of('loopMax', 0),
    ]
  })
}

function figureTable(results: Results): string {
  const rows = agreedFigures(results).map(({ load, figure, value, must, aim }) => [
    `${load}: ${figure}`,
    number(value, value > 10 ? 0 : 2),
    String(must),
    String(aim),
    value <= aim ? 'aim' : value <= must ? 'must' : 'MISSED',
  ])
  return rows.length === 0 ? '' : table([['figure of Rowgate', 'value', 'must', 'aim', 'reached'], ...rows])
}

function number(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }) : '-'
}
