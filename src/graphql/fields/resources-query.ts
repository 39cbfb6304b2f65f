import { COLUMN_TYPE_NAMES, type Column, type ColumnType, MAX_TEXT_LENGTH, type Presence, traitsOf } from '../../resource/column.ts'
import type { Contract } from '../../resource/contract.ts'
import { exampleRow, type Resource } from '../../resource/define-resource.ts'
import { objectName, type Solution } from '../../resource/module.ts'
import { addEnum, type Builder } from '../builder.ts'
import { mutationName, rowInputName } from '../types/row-input.ts'

/** Limits that hold for every resource. */
export interface IngestLimits {
  readonly maxRowsPerMutation: number
  readonly maxBatchRows: number
  readonly maxBatchBytes: number
}

const DESCRIPTIONS = Object.fromEntries(COLUMN_TYPE_NAMES.map((type) => [type, traitsOf(type).description])) as Record<ColumnType, string>

const PRESENCES = {
  required: 'The field must be there and not null.',
  nullable: 'The field may be null or left out; the upstream is sent null then.',
  optional: 'The field may be left out.',
} as const satisfies Record<Presence, string>

/** Defines the `resources` query: everything a frontend needs to build a form and a request. */
export function addResourcesQuery(
  builder: Builder,
  { modules, resources }: Contract,
  solutions: readonly Solution[],
  limits: IngestLimits,
): void {
  const ResourceType = addResourceType(builder, modules, solutions, limits)
  builder.queryField('resources', (t) =>
    t.field({
      type: [ResourceType],
      description: 'What may be ingested: columns, keys, rules, limits and an example of every resource. Needs no token.',
      args: {
        module: t.arg.string({ description: 'Only resources of this module.' }),
        name: t.arg.string({ description: 'Only the resource of this name: the part of its mutations after upsert.' }),
      },
      resolve: (_, { module, name }) =>
        resources.filter((r) => (module == null || r.module === module) && (name == null || r.graphqlName === name)),
    }),
  )
}

function addResourceType(builder: Builder, modules: Contract['modules'], solutions: readonly Solution[], limits: IngestLimits) {
  const ColumnRef = addColumnType(builder)
  const LimitsRef = addLimitsType(builder, limits)
  return builder.objectRef<Resource>('Resource').implement({
    description: 'One table of the Data Ingestion API and how to send rows to it.',
    fields: (t) => ({
      name: t.exposeString('graphqlName', { description: 'Name in this API.' }),
      title: t.exposeString('title', { description: 'Name for people.' }),
      description: t.exposeString('description', { description: 'What a row stands for.' }),
      object: t.exposeString('object', { description: "The upstream's table name, without a solution's prefix and suffix." }),
      module: t.exposeString('module', { description: 'The module it belongs to.' }),
      moduleTitle: t.string({ description: "The module's name for people.", resolve: (r) => modules[r.module]?.title ?? r.module }),
      complete: t.exposeBoolean('complete', {
        description: 'False when the public description is known to continue; further columns go into extra.',
      }),
      primaryKey: t.stringList({ description: 'Fields that together identify a row.', resolve: (r) => r.keyColumns.map((c) => c.field) }),
      columns: t.field({
        type: [ColumnRef],
        description: 'Every declared column.',
        resolve: (r) => r.columns.map((column) => ({ ...column, resource: r })),
      }),
      limits: t.field({ type: LimitsRef, description: 'How much is accepted at once.', resolve: () => ({}) }),
      solutionObjects: t.stringList({
        description: "The upstream's full table names in the configured solutions.",
        resolve: (r) => solutions.filter((s) => s.modules.includes(r.module)).map((s) => objectName(s, r)),
      }),
      solutions: t.stringList({
        description: 'Configured solutions that have it.',
        resolve: (r) => solutions.filter((s) => s.modules.includes(r.module)).map((s) => s.name),
      }),
      rowInput: t.string({ description: 'Name of the row input type.', resolve: rowInputName }),
      upsertMutation: t.string({ description: 'Name of the mutation that upserts rows.', resolve: (r) => mutationName(r, 'UPSERT') }),
      appendMutation: t.string({ description: 'Name of the mutation that appends rows.', resolve: (r) => mutationName(r, 'APPEND') }),
      example: t.field({ type: 'JSONObject', description: 'A valid row, ready to be sent in rows.', resolve: exampleRow }),
    }),
  })
}

function addColumnType(builder: Builder) {
  const Type = addEnum(builder, 'ColumnType', 'What a column holds.', DESCRIPTIONS)
  const PresenceRef = addEnum(builder, 'Presence', 'Whether a field must be there.', PRESENCES)
  return builder.objectRef<Column & { readonly resource: Resource }>('ResourceColumn').implement({
    description: 'One column of a resource and the rules its values keep.',
    fields: (t) => ({
      field: t.exposeString('field', { description: 'Name in the row input.' }),
      column: t.exposeString('name', { description: 'Name on the wire.' }),
      description: t.exposeString('description', { description: 'What it holds.' }),
      type: t.expose('type', { type: Type, description: 'What kind of value.' }),
      presence: t.expose('presence', { type: PresenceRef, description: 'Whether it must be there.' }),
      isKey: t.exposeBoolean('isKey', { description: 'Part of the primary key.' }),
      references: t.string({
        nullable: true,
        description: 'The table.column it is expected to point to.',
        resolve: (c) => c.resource.references[c.name] ?? null,
      }),
      minimum: t.exposeFloat('min', { nullable: true, description: 'Smallest allowed number.' }),
      maximum: t.exposeFloat('max', { nullable: true, description: 'Largest allowed number.' }),
      maxLength: t.int({
        nullable: true,
        description: 'Longest allowed text in characters.',
        resolve: (c) => (traitsOf(c.type).rules === 'text' ? (c.maxLength ?? MAX_TEXT_LENGTH) : null),
      }),
      allowedValues: t.stringList({
        nullable: true,
        description: 'The closed list of allowed texts.',
        resolve: (c) => (c.allowed ? [...c.allowed] : null),
      }),
      holdsJson: t.boolean({ description: 'True when the text must be a JSON document.', resolve: (c) => c.content === 'json' }),
      inferred: t.boolean({
        description: 'Type or presence is the best reading of the public description.',
        resolve: (c) => c.inferred ?? false,
      }),
    }),
  })
}

function addLimitsType(builder: Builder, limits: IngestLimits) {
  return builder.objectRef<object>('ResourceLimits').implement({
    description: 'How much is accepted at once.',
    fields: (t) => ({
      rowsPerMutation: t.int({
        description: 'Rows that all fields of one request may carry together.',
        resolve: () => limits.maxRowsPerMutation,
      }),
      rowsPerRequest: t.int({
        description: 'Rows that Rowgate puts into one upstream request at most.',
        resolve: () => limits.maxBatchRows,
      }),
      bytesPerRequest: t.int({
        description: 'Bytes that Rowgate puts into one upstream request at most; a row that is larger alone is rejected.',
        resolve: () => limits.maxBatchBytes,
      }),
    }),
  })
}
