import { median, type Sample } from './measure/measure.ts'
import type { Results } from './run-load.ts'
import type { SubjectName } from './subject-list.ts'

/** One agreed figure: what was measured, and what it has to be at most. */
export interface Figure {
  readonly load: string
  readonly figure: string
  readonly value: number
  readonly must: number
  readonly aim: number
}

type Measured = keyof Sample

/** The median over the rounds of one thing measured. */
export function medianOf(results: Results, series: string, subject: SubjectName, what: Measured): number {
  return median((results[series]?.[subject] ?? []).map((sample) => sample[what]))
}

/** The median over the rounds of the ratio within a round. */
export function ratioOf(results: Results, series: string, subject: SubjectName, base: SubjectName, what: Measured): number {
  const bases = results[series]?.[base] ?? []
  const samples = results[series]?.[subject] ?? []
  return median(samples.flatMap((sample, round) => (bases[round] ? [sample[what] / bases[round][what]] : [])))
}

/** The figures agreed for Rowgate, as far as the run has what they need. */
export function agreedFigures(results: Results): Figure[] {
  const over = (series: string, base: SubjectName, what: Measured = 'cpuPerRow') => ratioOf(results, series, 'rowgate', base, what)
  const figure = (load: string, name: string, value: number, must: number, aim: number) => ({ load, figure: name, value, must, aim })
  const steady = ['Products', 'SaleExtra'].flatMap((name) => [
    figure(`500 rows, ${name}`, 'CPU/row over JSON proxy', over(`a ${name}`, 'json-proxy'), 1.5, 1.25),
    figure(`500 rows, ${name}`, 'CPU/row over obvious stack', over(`a ${name}`, 'obvious-stack'), 0.25, 0.2),
    figure(`500 rows, ${name}`, 'CPU/row over mercurius-jit', over(`a ${name}`, 'mercurius-jit'), 0.33, 0.27),
    figure(`500 rows, ${name}`, 'CPU/row over Apollo', over(`a ${name}`, 'apollo'), 0.33, 0.27),
  ])
  return [
    ...steady,
    figure('1 row x 200 connections', 'CPU/mutation over JSON proxy', over('b small', 'json-proxy'), 1.3, 0.8),
    figure('50,000 rows', 'CPU over JSON proxy', over('c big', 'json-proxy'), 1.5, 1.2),
    figure('50,000 rows', 'event-loop p99 over JSON proxy', over('c big alone', 'json-proxy', 'loopP99'), 0.8, 0.5),
    figure('50,000 rows', 'peak RSS over JSON proxy', over('c big', 'json-proxy', 'peakMiB'), 1.4, 1.2),
    figure('every row invalid', 'CPU/row over own valid rows', turnOver(results, 'd invalid', 'd valid'), 1, 0.7),
    figure('inline rows', 'peak RSS, MiB', medianOf(results, 'e inline', 'rowgate', 'peakMiB'), 500, 350),
    figure('500 rows with a key', 'CPU/row over the same without', turnOver(results, 'k 500 keyed', 'k 500 plain'), 1.1, 1.05),
    figure('500 rows with a key', 'event-loop p99, ms more', laterLoop(results, 'k 500 keyed', 'k 500 plain'), 5, 1),
    figure('1 row with a key x 16 connections', 'CPU over the same without', turnOver(results, 'k 1 keyed', 'k 1 plain'), 1.6, 1.4),
    figure(
      '1 row x 16 connections',
      'CPU with JWT and limits over token and none',
      overTwins(results, 'o small', 'rowgate-jwt'),
      1.03,
      1.01,
    ),
    figure('1 row x 16 connections', 'CPU with a tenth traced over none', overTwins(results, 'o small', 'rowgate-traced'), 1.15, 1.05),
    figure('1 row with a key x 16 connections', 'event-loop p99, ms more', laterLoop(results, 'k 1 keyed', 'k 1 plain'), 5, 1),
  ].filter(({ value }) => Number.isFinite(value))
}

/** What a subject costs over the mean of two processes that are alike, which differ by several percent from each other. */
function overTwins(results: Results, series: string, subject: SubjectName): number {
  const { rowgate = [], 'rowgate-again': again = [], [subject]: samples = [] } = results[series] ?? {}
  const twins = rowgate.flatMap(({ cpuPerRow }, round) => (again[round] ? [(cpuPerRow + again[round].cpuPerRow) / 2] : []))
  return median(samples.flatMap(({ cpuPerRow }, round) => (twins[round] ? [cpuPerRow / twins[round]] : [])))
}

/** What two phases of a load cost in the same process, one over the other. */
function turnOver(results: Results, series: string, base: string): number {
  return median(pairs(results, series, base).map(([sample, other]) => sample.cpuPerRow / other.cpuPerRow))
}

function laterLoop(results: Results, series: string, base: string): number {
  return median(pairs(results, series, base).map(([sample, other]) => sample.loopP99 - other.loopP99))
}

/** The samples of two phases, round by round. */
function pairs(results: Results, series: string, base: string): (readonly [Sample, Sample])[] {
  const bases = results[base]?.rowgate ?? []
  return (results[series]?.rowgate ?? []).flatMap((sample, round) => (bases[round] ? [[sample, bases[round]] as const] : []))
}
