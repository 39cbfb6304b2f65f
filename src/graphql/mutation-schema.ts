import { type GraphQLFieldConfig, type GraphQLNamedType, GraphQLObjectType, GraphQLSchema } from 'graphql'

type Change = (field: GraphQLFieldConfig<unknown, unknown>, name: string) => object

/**
 * A copy of a schema for executing mutations: each field is passed through `change`, and `types` replace those of the same name. The
 * rest is shared and not validated again, since that would take longer than the rest of the start.
 */
export function mutationSchema(schema: GraphQLSchema, types: readonly GraphQLNamedType[], change: Change): GraphQLSchema {
  const mutation = schema.getMutationType()
  const replaced = new Set([schema.getQueryType()?.name, mutation?.name, ...types.map(({ name }) => name)])
  const others = Object.values(schema.getTypeMap()).filter(({ name }) => !replaced.has(name))
  return new GraphQLSchema({
    mutation: mutation && withFields(mutation, change),
    types: [...others, ...types],
    directives: schema.getDirectives(),
    assumeValid: true,
  })
}

/** A copy of a type with each field passed through `change`. */
export function withFields(type: GraphQLObjectType, change: Change): GraphQLObjectType {
  const config = type.toConfig()
  const fields = Object.entries(config.fields).map(([name, field]) => [name, change(field, name)])
  return new GraphQLObjectType({ ...config, fields: Object.fromEntries(fields) })
}
