import { GatewayError } from '../errors.ts'
import type { Resource } from '../resource/define-resource.ts'
import { findResource } from '../resource/solutions.ts'
import { tableDefinitions } from '../rollout/table-definition.ts'
import type { Builder } from './builder.ts'
import { known } from './known.ts'
import { requestSchema } from './request-reads.ts'
import { named, type RolloutOptions, version } from './rollout-mutation.ts'

interface Saved {
  readonly appName: string
  readonly appVersion: string
  readonly dryRun: boolean
  readonly tables: readonly string[]
  readonly schemaDefinition: string
}

/** Defines the `saveSchema` mutation. */
export function addSaveSchemaMutation(builder: Builder, { contract, schema }: RolloutOptions): void {
  const Payload = addPayload(builder)
  builder.mutationField('saveSchema', (t) =>
    t.field({
      type: Payload,
      nullable: true,
      description:
        'Saves the declared tables upstream as the schema of a version of an application, once per version: what `rollout` then creates.',
      args: {
        appName: t.arg.string({ required: true, validate: named, description: 'The application whose schema it is.' }),
        appVersion: t.arg.string({ required: true, validate: version, description: "The application's version, such as 1.0.0." }),
        modules: t.arg.stringList({ description: 'Tables of these modules.' }),
        resources: t.arg.stringList({ description: 'Tables of these resources, by name. All there are where neither is given.' }),
        dryRun: t.arg.boolean({ defaultValue: false, description: 'Have the upstream check it and save nothing.' }),
      },
      resolve: async (_, { appName, appVersion, modules, resources, dryRun }, context) => {
        const chosen = choose(contract, modules, resources)
        const tables = tableDefinitions(chosen, contract.modules)
        const request = { appName, appVersion, tables, dryRun: dryRun ?? false }
        const schemaDefinition = await requestSchema(context, schema).saveSchema(context.tenant(), request, context.origin)
        return { ...request, tables: tables.map(({ name }) => name), schemaDefinition }
      },
    }),
  )
}

type Names = readonly string[] | null | undefined

function choose({ modules, resources }: RolloutOptions['contract'], moduleNames: Names, resourceNames: Names): readonly Resource[] {
  const all = Object.keys(modules)
  if (moduleNames?.some((name) => !all.includes(name)))
    throw new GatewayError('BAD_USER_INPUT', `modules must be some of: ${all.join(', ')}.`)
  const named = (resourceNames ?? []).map((name) => known(findResource(resources, name)))
  if (moduleNames == null && resourceNames == null) return resources
  const chosen = resources.filter((resource) => moduleNames?.includes(resource.module) || named.includes(resource))
  if (chosen.length === 0) throw new GatewayError('BAD_USER_INPUT', 'Name at least one module or resource, or leave both out.')
  return chosen
}

function addPayload(builder: Builder) {
  return builder.objectRef<Saved>('SaveSchemaPayload').implement({
    description: 'A schema that the upstream has saved, or checked.',
    fields: (t) => ({
      appName: t.string({ description: 'The application.', resolve: (s) => s.appName }),
      appVersion: t.string({ description: 'Its version.', resolve: (s) => s.appVersion }),
      dryRun: t.boolean({ description: 'True when nothing was saved.', resolve: (s) => s.dryRun }),
      tables: t.stringList({ description: 'The tables in it, without prefix and suffix.', resolve: (s) => [...s.tables] }),
      schemaDefinition: t.string({ description: 'The definition as it was sent, a JSON text.', resolve: (s) => s.schemaDefinition }),
    }),
  })
}
