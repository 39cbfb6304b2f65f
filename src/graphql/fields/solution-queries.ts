import type { SchemaPort, UpstreamColumn, UpstreamSolution, UpstreamTable } from '../../lifecycle/schema-port.ts'
import { type Builder, NULL_WHEN_DECLINED, tenantOf } from '../builder.ts'
import { boundSolution, named, solutionsOf } from './find-solution.ts'
import { requestSchema } from './request-reads.ts'

/** Defines the queries over what the upstream has rolled out. */
export function addSolutionQueries(builder: Builder, schema: SchemaPort): void {
  addSolutionsQuery(builder, schema)
  addSolutionSchemaQuery(builder, schema)
}

function addSolutionsQuery(builder: Builder, schema: SchemaPort): void {
  const SolutionRef = builder.objectRef<UpstreamSolution>('UpstreamSolution').implement({
    description: "A solution as the tenant's upstream lists it.",
    fields: (t) => ({
      solutionName: t.string({ description: 'Its name.', resolve: (s) => s.solutionName }),
      prefix: t.string({ nullable: true, description: 'The prefix of its object names.', resolve: (s) => s.prefix ?? null }),
      suffix: t.string({ nullable: true, description: 'The suffix of its object names.', resolve: (s) => s.suffix ?? null }),
      targetSchemaName: t.string({
        nullable: true,
        description: 'The database schema of its tables.',
        resolve: (s) => s.targetSchemaName ?? null,
      }),
      tableCount: t.int({ nullable: true, description: 'How many tables it has.', resolve: (s) => s.tableCount ?? null }),
    }),
  })
  builder.queryField('solutions', (t) =>
    t.field({
      type: [SolutionRef],
      nullable: true,
      description: `The solutions the upstream has for the token. ${NULL_WHEN_DECLINED}`,
      resolve: async (_, __, context) => {
        const listed = await requestSchema(context, schema).solutions(tenantOf(context, 'read'), context.origin)
        const own = solutionsOf(context.caller)
        return listed.filter(({ solutionName }) => own?.has(solutionName) !== false)
      },
    }),
  )
}

function addSolutionSchemaQuery(builder: Builder, schema: SchemaPort): void {
  const Column = builder.objectRef<UpstreamColumn>('UpstreamColumn').implement({
    description: 'A column as rolled out, custom attributes included.',
    fields: (t) => ({
      name: t.string({ description: 'Its name upstream.', resolve: (c) => c.name }),
      dataType: t.string({ nullable: true, description: "The upstream's name of its type.", resolve: (c) => c.dataType ?? null }),
      presence: t.string({
        nullable: true,
        description: '`required`, `nullable` or `optional`; null where the upstream does not say.',
        resolve: (c) => c.presence ?? null,
      }),
      isKey: t.boolean({
        nullable: true,
        description: 'Whether it is part of the primary key; null where the upstream does not say.',
        resolve: (c) => c.isKey ?? null,
      }),
    }),
  })
  const Table = builder.objectRef<UpstreamTable>('UpstreamTable').implement({
    description: 'A table as rolled out.',
    fields: (t) => ({
      name: t.string({ description: "The upstream's name of the table.", resolve: (table) => table.name }),
      columns: t.field({ type: [Column], description: 'Its columns.', resolve: (table) => [...table.columns] }),
    }),
  })
  builder.queryField('solutionSchema', (t) =>
    t.field({
      type: [Table],
      nullable: true,
      description: `Tables and columns of a solution as rolled out, custom ones included. ${NULL_WHEN_DECLINED}`,
      args: { solution: t.arg.string({ required: true, validate: named, description: 'Name of the solution.' }) },
      resolve: async (_, { solution }, context) => {
        const tenant = tenantOf(context, 'read')
        boundSolution(context, solution)
        return [...(await requestSchema(context, schema).solutionSchema(tenant, solution, context.origin))]
      },
    }),
  )
}
