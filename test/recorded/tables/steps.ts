import { contract } from '../../../schema/index.ts'
import { ACCEPTED, type Outcome, rejectedHere, unconfirmed } from '../../../src/ingest/outcome.ts'
import type { Difference } from '../../../src/lifecycle/drift.ts'
import type { UpstreamSolution } from '../../../src/lifecycle/schema-port.ts'
import { tableConflicts } from '../../../src/lifecycle/table-definition.ts'
import {
  columnsStep,
  dryRunStep,
  firstRowsStep,
  outcomesStep,
  type Reading,
  type Step,
  solutionStep,
  tablesStep,
  tokenStep,
} from '../../../src/onboarding/steps.ts'
import type { Quality } from '../../../src/quality/report.ts'
import { resourceNamed } from '../../support/rows.ts'
import type { Table } from './table.ts'

const SOLUTION = { name: 'ACME', modules: ['inventory', 'markdown'], prefix: 'A_', suffix: '_1' }
const RESOURCES = [resourceNamed('Products'), resourceNamed('Suppliers')]
const CONFLICTS = tableConflicts(contract.resources, contract.modules).slice(0, 3)

const read = { value: [] }
const refused = (message: string) => ({ code: 'UPSTREAM_UNAUTHORIZED', message }) as const
const failed = (message: string) => ({ code: 'UPSTREAM_UNAVAILABLE', message }) as const
const READINGS: readonly (readonly Reading<unknown>[])[] = [
  [],
  ...[read, refused('one 401'), failed('one 503')].flatMap((one) => [read, refused('two 401'), failed('two 503')].map((two) => [one, two])),
]

const other = { solutionName: 'OTHER', prefix: 'A_', suffix: '_1' }
const LISTED: readonly (readonly UpstreamSolution[])[] = [
  [],
  [other],
  ...[
    {},
    { prefix: 'A_' },
    { suffix: '_1', targetSchemaName: 'STAGE' },
    { prefix: 'B_', suffix: '_1' },
    { prefix: 'A_', suffix: '_2' },
    { prefix: '', suffix: '' },
  ].map((own) => [other, { solutionName: 'ACME', ...own }]),
]

const missing = (object: string): Difference => ({ kind: 'MISSING_TABLE', object, meaning: 'not there' })
const more: Difference = { kind: 'EXTRA_COLUMN', object: 'A_X_1', column: 'more', meaning: 'more than declared' }
const type: Difference = { kind: 'OTHER_TYPE', object: 'A_X_1', column: 'size', meaning: 'of another type' }
const DIFFERENCES: readonly (readonly Difference[])[] = [
  [],
  [missing('A_X_1')],
  [missing('A_X_1'), more, missing('A_Y_1')],
  [more],
  [type, more],
  [type, type],
]

const refusedRow = rejectedHere([
  { code: 'MISSING_FIELD', field: 'a', message: 'a is missing' },
  { code: 'WRONG_TYPE', field: 'b', message: 'b is no number' },
])
const unknownRow = unconfirmed('TIMED_OUT', { operation: 'UPSERT', dryRun: true })
const RUNS: readonly (readonly Outcome[])[] = [
  [],
  [ACCEPTED],
  [ACCEPTED, refusedRow],
  [unknownRow, ACCEPTED],
  [refusedRow, unknownRow, refusedRow],
]

const ISSUES = Array.from({ length: 12 }, (_, at) => ({
  code: 'WRONG_TYPE' as const,
  ...(at % 3 > 0 && { field: `f${at}` }),
  count: 12 - at,
}))
const COUNTS = [
  [0, 0, 0],
  [3, 0, 0],
  [0, 2, 0],
  [0, 0, 4],
  [2, 1, 4],
] as const

function quality([accepted, rejected, unconfirmed]: (typeof COUNTS)[number]): Quality {
  return { mutations: 1, accepted, rejected, unconfirmed, passRate: undefined, issues: rejected > 0 ? ISSUES : [] }
}

const there = RESOURCES.map((resource) => ({ resource, attributes: new Map() }))
const line = ({ id, status, checked, next, details }: Step) =>
  [`${id} ${status}: ${checked}`, next ?? 'nothing next', ...details].join('\n    ')

/** What each step of the checklist says, of whatever was found out. */
export const steps: Table = {
  name: 'steps',
  title: 'The checklist of onboarding, a step at a time, of whatever the upstream said and the gateway counted.',
  about: 'Each entry says how the step stands, what is next, and its details.',
  lines: () =>
    [
      ...READINGS.map(tokenStep),
      ...[failed('listed 503'), ...LISTED.map((value) => ({ value }))].flatMap((listed) =>
        [[], CONFLICTS].map((conflicts) => solutionStep(listed, SOLUTION, conflicts)),
      ),
      ...[failed('tables 503'), ...DIFFERENCES.map((value) => ({ value }))].flatMap((differences) => [
        tablesStep(differences, true, SOLUTION, 5, []),
        tablesStep(differences, false, SOLUTION, 5, CONFLICTS),
        columnsStep(differences, RESOURCES, there.slice(1), 'at most 7 rows'),
      ]),
      ...RUNS.flatMap((outcomes) => {
        const runs = outcomes.map((outcome, at) => ({ ...(there[at % 2] ?? there[0]), outcome })) as Parameters<typeof dryRunStep>[0]
        return [dryRunStep(runs, 0), dryRunStep(runs, 2)]
      }),
      ...COUNTS.flatMap((counts) => [firstRowsStep(quality(counts), RESOURCES), outcomesStep(quality(counts))]),
    ].map(line),
}
