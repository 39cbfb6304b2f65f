import { GatewayError } from '../../errors.ts'
import type { SaveSchemaRequest } from '../../lifecycle/schema-port.ts'
import { type TableConflict, tableConflicts, tableDefinitions } from '../../lifecycle/table-definition.ts'
import { findResource } from '../../resource/contract.ts'
import type { Resource } from '../../resource/define-resource.ts'
import { type Builder, type RequestContext, tenantOf } from '../builder.ts'
import { lookUpSolution, named, orDecline } from './find-solution.ts'
import { requestSchema } from './request-reads.ts'
import { type RolloutOptions, version } from './rollout-mutation.ts'

/** Defines the `saveSchema` mutation. */
export function addSaveSchemaMutation(builder: Builder, options: RolloutOptions): void {
  const { contract, schema } = options
  const Payload = addPayload(builder)
  builder.mutationField('saveSchema', (t) =>
    t.field({
      type: Payload,
      nullable: true,
      description:
        'Saves the declared tables upstream as the schema of a version of an application, once per version: what `rollout` then creates. Resources that share a name but differ in the key, or in what a column holds, cannot be one table and are refused together; nothing is saved then.',
      args: {
        appName: t.arg.string({ required: true, validate: named, description: 'The application whose schema it is.' }),
        appVersion: t.arg.string({ required: true, validate: version, description: "The application's version, such as 1.0.0." }),
        solution: t.arg.string({ description: 'What this solution needs: the tables of all its modules. Goes alone.' }),
        modules: t.arg.stringList({ description: 'Tables of these modules.' }),
        resources: t.arg.stringList({
          description: 'Tables of these resources, by name. Where nothing is given: what the configured solutions need together.',
        }),
        dryRun: t.arg.boolean({ defaultValue: false, description: 'Have the upstream check it and save nothing.' }),
      },
      resolve: async (_, { appName, appVersion, dryRun, ...choice }, context) => {
        const tenant = tenantOf(context, 'lifecycle')
        const chosen = await choose(context, options, choice)
        refuseConflicts(tableConflicts(chosen, contract.modules))
        const tables = tableDefinitions(chosen, contract.modules)
        const request = { appName, appVersion, tables, dryRun: dryRun ?? false }
        const schemaDefinition = await requestSchema(context, schema).saveSchema(tenant, request, context.origin)
        return { ...request, schemaDefinition }
      },
    }),
  )
}

type Names = readonly string[] | null | undefined

async function choose(
  context: RequestContext,
  options: RolloutOptions,
  { solution, modules, resources }: { solution?: string | null | undefined; modules?: Names; resources?: Names },
): Promise<readonly Resource[]> {
  const { contract, solutions } = options
  const all = Object.keys(contract.modules)
  if (modules?.some((name) => !all.includes(name))) throw new GatewayError('BAD_USER_INPUT', `modules must be some of: ${all.join(', ')}.`)
  const isChosen = modules != null || resources != null
  if (solution != null && isChosen) throw new GatewayError('BAD_USER_INPUT', 'Give either solution, or modules and resources, not both.')
  if (!isChosen) {
    const needed = solution == null ? solutions : [orDecline(await lookUpSolution(context, options, solution))]
    return contract.resources.filter(({ module }) => needed.some((one) => one.modules.includes(module)))
  }
  const asked = (resources ?? []).map((name) => orDecline(findResource(contract.resources, name)))
  const chosen = contract.resources.filter((resource) => modules?.includes(resource.module) || asked.includes(resource))
  if (chosen.length === 0) throw new GatewayError('BAD_USER_INPUT', 'Name at least one module or resource, or leave both out.')
  return chosen
}

function refuseConflicts(conflicts: readonly TableConflict[]): void {
  if (conflicts.length === 0) return
  const words = conflicts.map(({ object, resources: [one, other], why }) => {
    const names = `${one.graphqlName} (${one.module}) and ${other.graphqlName} (${other.module})`
    return `${object} cannot be one table for ${names}: ${why}.`
  })
  const advice =
    'Save what fits together: a solution, or some of the modules. Other modules go under an application or version of their own, and into a solution of their own.'
  throw new GatewayError('BAD_USER_INPUT', `${words.join(' ')} Nothing was saved. ${advice}`)
}

function addPayload(builder: Builder) {
  return builder.objectRef<SaveSchemaRequest & { readonly schemaDefinition: string }>('SaveSchemaPayload').implement({
    description: 'A schema that the upstream has saved, or checked.',
    fields: (t) => ({
      appName: t.exposeString('appName', { description: 'The application.' }),
      appVersion: t.exposeString('appVersion', { description: 'Its version.' }),
      dryRun: t.exposeBoolean('dryRun', { description: 'True when nothing was saved.' }),
      tables: t.stringList({
        description: 'The tables in it, without prefix and suffix.',
        resolve: (s) => s.tables.map(({ name }) => name),
      }),
      schemaDefinition: t.exposeString('schemaDefinition', { description: 'The definition as it was sent, a JSON text.' }),
    }),
  })
}
