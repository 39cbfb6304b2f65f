import type { GatewayErrorCode } from '../errors.ts'
import type { Difference } from '../lifecycle/drift.ts'
import type { UpstreamSolution } from '../lifecycle/schema-port.ts'
import type { TableConflict } from '../lifecycle/table-definition.ts'
import type { Quality } from '../quality/report.ts'
import type { Resource } from '../resource/define-resource.ts'
import type { Solution } from '../resource/module.ts'
import { type Attributes, requiredOf } from '../rows/attributes.ts'
import type { Candidate, DryRun } from './dry-run.ts'

/** The steps of the checklist; printed into the SDL as the enum's descriptions. */
export const STEPS = {
  TOKEN: 'The upstream accepts the token.',
  SOLUTION: 'The upstream has the solution, with the prefix and suffix that are used here.',
  TABLES: 'Every expected table is rolled out.',
  COLUMNS: 'The tables have the declared columns and keys; what each resource needs and how much is taken at once.',
  DRY_RUN: 'The upstream takes the example row of every resource, validated and not written.',
  FIRST_ROWS: 'Real rows have been accepted.',
  OUTCOMES: 'How many rows are refused, and why.',
} as const satisfies Record<string, string>

/** The status of a step; printed into the SDL as the enum's descriptions. */
export const STATUSES = {
  DONE: 'Nothing is left to do.',
  TODO: 'Not done yet; `next` says what to do.',
  FAILED: 'Something is wrong; `next` says what to do.',
  UNKNOWN: 'It could not be found out; `next` says what would help.',
} as const satisfies Record<string, string>

/** One step of the checklist. */
export interface Step {
  readonly id: keyof typeof STEPS
  readonly status: keyof typeof STATUSES
  /** What was looked at and found. */
  readonly checked: string
  /** What to do next, if anything. */
  readonly next?: string
  readonly details: readonly string[]
}

/** Something read from the upstream, or why it could not be read. */
export type Reading<T> = { readonly value: T } | { readonly code: GatewayErrorCode; readonly message: string }

/** Whether the upstream accepts the token, from two things read with it. */
export function tokenStep(readings: readonly Reading<unknown>[]): Step {
  if (readings.some((reading) => 'value' in reading)) return step('TOKEN', 'DONE', 'The upstream answered a call with the token.')
  const failures = readings.filter((reading) => 'code' in reading)
  const refused = failures.find(({ code }) => code === 'UPSTREAM_UNAUTHORIZED')
  if (refused)
    return step(
      'TOKEN',
      'FAILED',
      refused.message,
      'Create a Personal Access Token with access to the solution and send it in Authorization.',
    )
  return step(
    'TOKEN',
    'UNKNOWN',
    failures[0]?.message ?? 'Nothing was read.',
    'Ask again in a minute; if that does not help, check INGESTION_URL with the operator.',
  )
}

/** Whether the upstream has the solution as it is known here. */
export function solutionStep(listed: Reading<readonly UpstreamSolution[]>, solution: Solution, conflicts: readonly TableConflict[]): Step {
  if ('code' in listed)
    return step('SOLUTION', 'UNKNOWN', `The solutions could not be read: ${listed.message}`, 'Complete the step TOKEN first.')
  const found = listed.value.find(({ solutionName }) => solutionName === solution.name)
  if (found === undefined)
    return step(
      'SOLUTION',
      'TODO',
      `The upstream lists ${listed.value.length} solutions for the token, not this one.`,
      rollOutFirst(solution, conflicts),
    )
  const details = [
    `prefix "${found.prefix ?? ''}"`,
    `suffix "${found.suffix ?? ''}"`,
    `target schema ${found.targetSchemaName ?? 'not said'}`,
  ]
  const isSame = (found.prefix ?? solution.prefix) === solution.prefix && (found.suffix ?? solution.suffix) === solution.suffix
  if (isSame) return step('SOLUTION', 'DONE', 'The upstream lists the solution.', undefined, details)
  const here = `Here its prefix is "${solution.prefix}" and its suffix "${solution.suffix}", upstream they are others.`
  return step(
    'SOLUTION',
    'FAILED',
    here,
    "Set the upstream's prefix and suffix in SOLUTIONS, or roll the solution out with the ones used here.",
    details,
  )
}

/** Whether every expected table is there. */
export function tablesStep(
  differences: Reading<readonly Difference[]>,
  isListed: boolean,
  solution: Solution,
  expected: number,
  conflicts: readonly TableConflict[],
): Step {
  if ('code' in differences)
    return isListed
      ? step('TABLES', 'UNKNOWN', `The tables could not be read: ${differences.message}`, 'Ask again in a minute.')
      : step('TABLES', 'TODO', 'The upstream does not list the solution, so it has no tables.', rollOutFirst(solution, conflicts))
  const missing = differences.value.filter(({ kind }) => kind === 'MISSING_TABLE').map(({ object }) => object)
  const checked = `${expected - missing.length} of ${expected} expected tables are rolled out.`
  if (missing.length === 0) return step('TABLES', 'DONE', checked)
  return step(
    'TABLES',
    'TODO',
    checked,
    rollOutFirst(solution, conflicts),
    missing.map((object) => `missing: ${object}`),
  )
}

// Missing tables have a step of their own; custom attributes are listed with the needs of their resource.
const BESIDE: readonly string[] = ['MISSING_TABLE', 'EXTRA_COLUMN']

/** Whether the columns are as declared, and what each resource needs. */
export function columnsStep(
  differences: Reading<readonly Difference[]>,
  resources: readonly Resource[],
  there: readonly Candidate[],
  limits: string,
): Step {
  const needs = resources.map((resource) => `${needsOf(resource, there.find((one) => one.resource === resource)?.attributes)}; ${limits}`)
  if ('code' in differences) return step('COLUMNS', 'UNKNOWN', 'The columns could not be read.', 'Complete the step TABLES first.', needs)
  const telling = differences.value.filter((difference) => !BESIDE.includes(difference.kind))
  if (telling.length === 0)
    return step('COLUMNS', 'DONE', 'The tables that are there have the declared columns and keys.', undefined, needs)
  const words = telling.map(({ kind, object, column, meaning }) => `${kind} ${object}.${column}: ${meaning}`)
  return step(
    'COLUMNS',
    'FAILED',
    `${telling.length} columns differ from the declarations.`,
    'Look at schemaDrift, and tell the operators of Rowgate.',
    [...words, ...needs],
  )
}

/** Whether the upstream takes the examples; `missing` tables could not be tried. */
export function dryRunStep(runs: readonly DryRun[], missing: number): Step {
  const refused = runs.filter(({ outcome }) => outcome.status === 'REJECTED')
  const unknown = runs.filter(({ outcome }) => outcome.status === 'UNCONFIRMED').length
  const checked = `${runs.length - refused.length - unknown} of ${runs.length} example rows were taken in a dry run.`
  if (refused.length > 0)
    return step('DRY_RUN', 'FAILED', checked, 'Read why below; rows of these resources will fare the same.', refused.map(whyRefused))
  if (unknown > 0) return step('DRY_RUN', 'UNKNOWN', checked, 'Ask again in a minute; nothing was written.')
  if (runs.length === 0 || missing > 0) return step('DRY_RUN', 'TODO', checked, 'Roll out the tables that are missing first.')
  return step('DRY_RUN', 'DONE', checked)
}

/** Whether real rows have been accepted. */
export function firstRowsStep({ accepted }: Quality, resources: readonly Resource[]): Step {
  if (accepted > 0) return step('FIRST_ROWS', 'DONE', `${accepted} rows were accepted in the last 24 hours.`)
  const first = `Send a few rows, with upsert${resources[0]?.graphqlName} for one.`
  return step('FIRST_ROWS', 'TODO', 'No row was accepted in the last 24 hours, as far as the gateway knows.', first)
}

/** How many rows are refused, and why. */
export function outcomesStep({ accepted, rejected, unconfirmed, issues }: Quality): Step {
  const rows = accepted + rejected + unconfirmed
  if (rows === 0) return step('OUTCOMES', 'TODO', 'There are no outcomes to look at yet.', 'Send rows first.')
  const checked = `${rows} rows in the last 24 hours: ${rejected} rejected, ${unconfirmed} unconfirmed.`
  if (rejected + unconfirmed === 0) return step('OUTCOMES', 'DONE', checked)
  const top = issues.slice(0, 10).map(({ code, field, count }) => `${code}${field === undefined ? '' : ` ${field}`}: ${count}`)
  const next =
    rejected > 0
      ? 'Correct the rows by their issues, the most frequent first, and send them again.'
      : 'Send the unconfirmed rows of upserts again; look those of appends up first.'
  return step('OUTCOMES', 'TODO', checked, next, top)
}

function rollOutFirst({ name, modules }: Solution, conflicts: readonly TableConflict[]): string {
  const objects = [...new Set(conflicts.map(({ object }) => object))].join(', ')
  const apart = objects && ` Name one of its modules (${modules.join(', ')}) in both, for ${objects} cannot be one table for all of them.`
  return `Save its tables with saveSchema, run the mutation rollout for ${name}, and see that it answers complete: true.${apart}`
}

function needsOf({ graphqlName, keyColumns, columns }: Resource, attributes: Attributes = new Map()): string {
  const declared = columns.filter(({ presence, isKey }) => presence === 'required' && !isKey)
  const required = [...declared, ...requiredOf(attributes)].map(({ field }) => field)
  return `${graphqlName}: key ${keyColumns.map(({ field }) => field).join(', ')}; also required: ${required.join(', ') || 'nothing'}`
}

function whyRefused({ resource, outcome }: DryRun): string {
  const [issue] = outcome.status === 'REJECTED' ? outcome.issues : []
  return `${resource.graphqlName}: ${issue?.code} ${issue?.message}`
}

function step(id: Step['id'], status: Step['status'], checked: string, next?: string, details: readonly string[] = []): Step {
  return { id, status, checked, ...(next !== undefined && { next }), details }
}
