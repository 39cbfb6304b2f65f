import type { Resource } from './resource.ts'

/** Everything the page needs to know about what can be ingested. */
export const RESOURCES = `query ConsoleResources {
  resources {
    name title description object module moduleTitle complete primaryKey solutions upsertMutation appendMutation example
    limits { rowsPerMutation rowsPerRequest bytesPerRequest }
    columns { field column description type presence isKey references minimum maximum maxLength allowedValues holdsJson }
  }
}`

/** What `RESOURCES` answers. */
export interface ResourcesAnswer {
  readonly resources: readonly Resource[]
}

/** The solutions that the upstream has for the token, which is also how a token is tried. */
export const SOLUTIONS = `query ConsoleSolutions { solutions { solutionName } }`

/** What `SOLUTIONS` answers. */
export interface SolutionsAnswer {
  readonly solutions: readonly { readonly solutionName: string }[]
}

/** The checklist of a solution. */
export const ONBOARDING = `query ConsoleOnboarding($solution: String!) {
  onboarding(solution: $solution) { done steps { id title status checked next details } }
}`

/** One step of the checklist. */
export interface OnboardingStep {
  readonly id: 'TOKEN' | 'SOLUTION' | 'TABLES' | 'COLUMNS' | 'DRY_RUN' | 'FIRST_ROWS' | 'OUTCOMES'
  readonly title: string
  readonly status: 'DONE' | 'TODO' | 'FAILED' | 'UNKNOWN'
  readonly checked: string
  readonly next: string | null
  readonly details: readonly string[]
}

/** What `ONBOARDING` answers. */
export interface OnboardingAnswer {
  readonly onboarding: { readonly done: boolean; readonly steps: readonly OnboardingStep[] }
}

/** Saves the tables of a solution as the schema of a version of an application. */
export const SAVE_SCHEMA = `mutation ConsoleSaveSchema($appName: String!, $appVersion: String!, $solution: String, $modules: [String!], $dryRun: Boolean) {
  saveSchema(appName: $appName, appVersion: $appVersion, solution: $solution, modules: $modules, dryRun: $dryRun) { tables dryRun }
}`

/** What `SAVE_SCHEMA` answers. */
export interface SaveSchemaAnswer {
  readonly saveSchema: { readonly tables: readonly string[]; readonly dryRun: boolean }
}

/** Creates the tables of a solution. */
export const ROLLOUT = `mutation ConsoleRollout($input: RolloutInput!) {
  rollout(input: $input) { complete missing objects { __typename ... on RolledOutObject { object } ... on FailedObject { object message } } }
}`

/** What `ROLLOUT` answers. */
export interface RolloutAnswer {
  readonly rollout: {
    readonly complete: boolean
    readonly missing: readonly string[]
    readonly objects: readonly { readonly __typename: string; readonly object: string; readonly message?: string }[]
  }
}

/** Adds a custom attribute to a table. */
export const ADD_ATTRIBUTE = `mutation ConsoleAddAttribute($resource: String!, $solution: String, $name: String!, $type: AttributeType!, $precision: Int, $scale: Int) {
  addAttribute(resource: $resource, solution: $solution, name: $name, type: $type, precision: $precision, scale: $scale) { object name }
}`

/** What `ADD_ATTRIBUTE` answers. */
export interface AddAttributeAnswer {
  readonly addAttribute: { readonly object: string; readonly name: string }
}

const REPORT = 'accepted rejected unconfirmed passRate topIssues { code field count }'

/** What became of rows in one period. */
export interface Report extends Omit<Bucket, 'start'> {
  readonly passRate: number | null
  readonly topIssues: readonly { readonly code: string; readonly field: string | null; readonly count: number }[]
}

/** One bar of a chart. */
export interface Bucket {
  readonly start: string
  readonly accepted: number
  readonly rejected: number
  readonly unconfirmed: number
}

/** What became of the rows of a solution over time, and of each of its resources, aliased by its index. */
export function outcomesQuery(resources: readonly string[]): string {
  const each = resources.map((name, at) => `r${at}: dataQuality(solution: $solution, resource: "${name}", since: $since) { ${REPORT} }`)
  return `query ConsoleOutcomes($solution: String!, $since: Timestamp!, $bucket: QualityBucketLength!) {
    all: dataQuality(solution: $solution, since: $since, bucket: $bucket) { mutations since until ${REPORT} buckets { start accepted rejected unconfirmed } }
    ${each.join('\n    ')}
  }`
}

/** What `outcomesQuery` answers. */
export type OutcomesAnswer = {
  readonly all: Report & { readonly since: string; readonly until: string; readonly mutations: number; readonly buckets: readonly Bucket[] }
} & {
  readonly [alias: `r${number}`]: Report
}
