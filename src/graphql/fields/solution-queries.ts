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
      solutionName: t.exposeString('solutionName', { description: 'Its name.' }),
      prefix: t.exposeString('prefix', { nullable: true, description: 'The prefix of its object names.' }),
      suffix: t.exposeString('suffix', { nullable: true, description: 'The suffix of its object names.' }),
      targetSchemaName: t.exposeString('targetSchemaName', {
        nullable: true,
        description: 'The database schema of its tables.',
      }),
      tableCount: t.exposeInt('tableCount', { nullable: true, description: 'How many tables it has.' }),
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
      name: t.exposeString('name', { description: 'Its name upstream.' }),
      dataType: t.exposeString('dataType', { nullable: true, description: "The upstream's name of its type." }),
      presence: t.exposeString('presence', {
        nullable: true,
        description: '`required`, `nullable` or `optional`; null where the upstream does not say.',
      }),
      isKey: t.exposeBoolean('isKey', {
        nullable: true,
        description: 'Whether it is part of the primary key; null where the upstream does not say.',
      }),
    }),
  })
  const Table = builder.objectRef<UpstreamTable>('UpstreamTable').implement({
    description: 'A table as rolled out.',
    fields: (t) => ({
      name: t.exposeString('name', { description: "The upstream's name of the table." }),
      columns: t.expose('columns', { type: [Column], description: 'Its columns.' }),
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
