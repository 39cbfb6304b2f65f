import { GatewayError } from '../../errors.ts'
import { ATTRIBUTE_TYPES, type Attribute, attributeFaults, withWireDefault } from '../../lifecycle/attribute.ts'
import { findResource } from '../../resource/contract.ts'
import { objectName } from '../../resource/module.ts'
import { addEnum, type Builder, tenantOf } from '../builder.ts'
import { findSolutionFor, orDecline } from './find-solution.ts'
import { requestSchema } from './request-reads.ts'
import type { RolloutOptions } from './rollout-mutation.ts'

/** Defines the `addAttribute` mutation. */
export function addAttributeMutation(builder: Builder, sources: RolloutOptions): void {
  const { contract, schema, schemaCache } = sources
  const Type = addEnum(builder, 'AttributeType', 'What a custom attribute holds.', ATTRIBUTE_TYPES)
  const Payload = addPayload(builder)
  builder.mutationField('addAttribute', (t) =>
    t.field({
      type: Payload,
      nullable: true,
      description: "Adds a custom attribute to a resource's table upstream; rows carry it in extra from then on.",
      args: {
        resource: t.arg.string({ required: true, description: 'Name of the resource: the part of its mutations after upsert.' }),
        solution: t.arg.string({ description: 'The solution whose table it is; may be left out where only one has the resource.' }),
        name: t.arg.string({ required: true, description: 'Upper case letters, digits and underscores.' }),
        type: t.arg({ type: Type, required: true, description: 'What it holds.' }),
        required: t.arg.boolean({ defaultValue: false, description: 'Every row must carry it.' }),
        nonNull: t.arg.boolean({ defaultValue: false, description: 'It must not be null; only with required.' }),
        default: t.arg.string({ description: 'Stored where a row does not carry it; written as text, such as 12, true or 2025-01-28.' }),
        minLength: t.arg.int({ description: 'Shortest text; only STRING.' }),
        maxLength: t.arg.int({ description: 'Longest text; only STRING.' }),
        precision: t.arg.int({ description: 'Total digits, 1 to 38; only NUMERIC.' }),
        scale: t.arg.int({ description: 'Digits after the point, 0 to 37; only NUMERIC.' }),
      },
      resolve: async (_, args, context) => {
        const tenant = tenantOf(context, 'lifecycle')
        const resource = orDecline(findResource(contract.resources, args.resource))
        const solution = await findSolutionFor(context, sources, resource, args.solution)
        const timestampFormat = contract.modules[resource.module]?.timestampFormat ?? 'ISO-8601 UTC'
        const given = readAttribute(args)
        const faults = attributeFaults(given, resource, timestampFormat)
        if (faults.length > 0) throw new GatewayError('BAD_USER_INPUT', `${faults.join('; ')}.`)
        const attribute = withWireDefault(given, timestampFormat)
        await requestSchema(context, schema)
          .addAttribute(tenant, { solutionName: solution.name, object: resource.object, attribute, timestampFormat }, context.origin)
          .finally(() => schemaCache.forget(tenant, solution.name))
        return { solution: solution.name, object: objectName(solution, resource), name: attribute.name }
      },
    }),
  )
}

type Args = Pick<Attribute, 'name' | 'type'> & {
  readonly [Name in Exclude<keyof Attribute, 'name' | 'type' | 'defaultValue'>]?: Attribute[Name] | null | undefined
} & { readonly default?: string | null | undefined }

function readAttribute(args: Args): Attribute {
  const { name, type, required, nonNull, minLength, maxLength, precision, scale } = args
  const optional = { defaultValue: args.default, minLength, maxLength, precision, scale }
  return {
    name,
    type,
    required: required ?? false,
    nonNull: nonNull ?? false,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== null && value !== undefined)),
  }
}

function addPayload(builder: Builder) {
  return builder.objectRef<{ readonly solution: string; readonly object: string; readonly name: string }>('AddAttributePayload').implement({
    description: 'A custom attribute that the upstream has added.',
    fields: (t) => ({
      solution: t.exposeString('solution', { description: 'The solution.' }),
      object: t.exposeString('object', { description: "The upstream's full name of the table." }),
      name: t.exposeString('name', {
        description: 'The name of the attribute: the key that rows carry it under in extra.',
      }),
    }),
  })
}
