import { DIFFERENCE_KINDS, type Difference, declarationLine, findDrift } from '../../lifecycle/drift.ts'
import { addEnum, type Builder, NULL_WHEN_DECLINED, tenantOf } from '../builder.ts'
import { lookUpSolution, orDecline, SOLUTION_ARGUMENT, type SolutionSources } from './find-solution.ts'
import { requestSchema } from './request-reads.ts'

/** Defines the `schemaDrift` query. */
export function addDriftQuery(builder: Builder, sources: SolutionSources): void {
  const { contract, schema } = sources
  const DriftRef = addDriftType(builder)
  builder.queryField('schemaDrift', (t) =>
    t.field({
      type: DriftRef,
      nullable: true,
      description: `Compares the declarations with the tables that the upstream has rolled out for the token. ${NULL_WHEN_DECLINED}`,
      args: { solution: t.arg.string(SOLUTION_ARGUMENT) },
      resolve: async (_, args, context) => {
        const tenant = tenantOf(context, 'read')
        const solution = orDecline(await lookUpSolution(context, sources, args.solution))
        const tables = await requestSchema(context, schema).solutionSchema(tenant, solution.name, context.origin)
        return { solution: solution.name, differences: findDrift(solution, contract.resources, tables) }
      },
    }),
  )
}

function addDriftType(builder: Builder) {
  const DifferenceRef = addDifferenceType(builder)
  return builder.objectRef<{ readonly solution: string; readonly differences: readonly Difference[] }>('SchemaDrift').implement({
    description: 'What differs between the declarations and the tables of a solution.',
    fields: (t) => ({
      solution: t.exposeString('solution', { description: 'The solution compared.' }),
      inSync: t.boolean({ description: 'True when nothing differs.', resolve: (d) => d.differences.length === 0 }),
      differences: t.expose('differences', { type: [DifferenceRef], description: 'Every difference, table by table.' }),
    }),
  })
}

function addDifferenceType(builder: Builder) {
  const Kind = addEnum(builder, 'SchemaDifferenceKind', 'What differs.', DIFFERENCE_KINDS)
  return builder.objectRef<Difference>('SchemaDifference').implement({
    description: 'One difference, and what it means for rows that are sent today.',
    fields: (t) => ({
      kind: t.expose('kind', { type: Kind, description: 'What differs.' }),
      object: t.exposeString('object', { description: "The upstream's full name of the table." }),
      column: t.exposeString('column', {
        nullable: true,
        description: 'The column; null where the whole table is meant.',
      }),
      declared: t.exposeString('declared', { nullable: true, description: 'What is declared here.' }),
      found: t.exposeString('found', { nullable: true, description: 'What the upstream says.' }),
      meaning: t.exposeString('meaning', { description: 'What it means for rows that are sent today.' }),
      declaration: t.string({
        nullable: true,
        description: 'The line of a resource file that would declare an extra column.',
        resolve: (d) => declarationLine(d) ?? null,
      }),
    }),
  })
}
