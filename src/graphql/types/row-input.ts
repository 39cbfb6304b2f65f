import type { Right } from '../../identity.ts'
import type { Operation } from '../../ingest/outcome.ts'
import type { Column, ColumnType } from '../../resource/column.ts'
import { EXTRA_FIELD, type Resource } from '../../resource/define-resource.ts'
import type { Builder } from '../builder.ts'

/** The GraphQL type of each column type, and what is added to the descriptions of its fields. */
const FIELD_TYPES = {
  string: { scalar: 'String', says: undefined },
  integer: { scalar: 'SafeInt', says: undefined },
  float: { scalar: 'Float', says: 'Passed on with every digit it is written with.' },
  boolean: { scalar: 'Boolean', says: undefined },
  date: { scalar: 'Date', says: undefined },
  timestamp: { scalar: 'Timestamp', says: undefined },
} as const satisfies Record<ColumnType, { readonly scalar: string; readonly says: string | undefined }>

/** The name of a resource's row input. */
export function rowInputName(resource: Resource): string {
  return `${resource.graphqlName}RowInput`
}

/** Defines the typed row of a resource, one described field per column and `extra`. */
export function addRowInput(builder: Builder, resource: Resource) {
  return builder.inputType(rowInputName(resource), {
    description: `One row of ${resource.title}: ${resource.description} Key: ${resource.keyColumns.map((c) => c.field).join(', ')}.`,
    fields: (t) => ({
      ...Object.fromEntries(
        resource.columns.map((column) => [
          column.field,
          t.field({
            type: FIELD_TYPES[column.type].scalar,
            required: column.presence === 'required',
            description: describe(column, resource),
          }),
        ]),
      ),
      [EXTRA_FIELD]: t.field({ type: 'JSONObject', required: false, description: describeExtra(resource) }),
    }),
  })
}

function describe(column: Column, resource: Resource): string {
  const reference = resource.references[column.name]
  const rules = [
    column.isKey && 'Part of the primary key.',
    column.presence === 'nullable' && 'May be null; sent as null when left out.',
    column.presence === 'optional' && 'May be left out.',
    FIELD_TYPES[column.type].says,
    column.min !== undefined && `At least ${column.min}.`,
    column.max !== undefined && `At most ${column.max}.`,
    column.allowed && `One of: ${column.allowed.join(', ')}.`,
    column.maxLength !== undefined && `At most ${column.maxLength} characters.`,
    column.content === 'json' && 'A JSON document written as text.',
    reference && `Refers to ${reference}.`,
    column.inferred && 'Type or presence is the best reading of the public description.',
    `Column ${column.name} of ${resource.object} (${resource.module}).`,
  ]
  return [column.description, ...rules.filter(Boolean)].join(' ')
}

function describeExtra(resource: Resource): string {
  const why = resource.complete
    ? ''
    : ' The public description of this resource is known to continue, so columns that are not listed here go in as well.'
  return `Custom attributes by name: plain names, any JSON value up to 8 levels deep. Numbers are passed on with every digit; a decimal attribute takes its number as a text as well.${why}`
}

const VERBS = { UPSERT: 'upsert', APPEND: 'append' } as const satisfies Record<Operation, string>

/** The name of a resource's mutation, such as upsertProducts. */
export function mutationName(resource: Resource, operation: Operation): string {
  return `${VERBS[operation]}${resource.graphqlName}`
}

/** The right to send rows of a resource. */
export function ingestRight({ graphqlName }: Resource, operation: Operation): Right {
  return `ingest:${graphqlName.toLowerCase()}:${VERBS[operation]}`
}

/** The right to call a mutation with rows, by its name. */
export function ingestRightOf(mutation: string): Right {
  const verb = mutation.startsWith(VERBS.UPSERT) ? VERBS.UPSERT : VERBS.APPEND
  return `ingest:${mutation.slice(verb.length).toLowerCase()}:${verb}`
}
