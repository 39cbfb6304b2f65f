import { type GraphQLFieldConfig, type GraphQLNamedType, GraphQLObjectType, GraphQLSchema } from 'graphql'

type Change = (field: GraphQLFieldConfig<unknown, unknown>, name: string) => object

/**
 * A schema that executes the mutations of another, each as `change` has it, with some types in place of those of their name. All
 * else is taken as it is, and not checked again: to copy and check it would take longer than the rest of a start.
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

/** The type with each of its fields as `change` has it. */
export function withFields(type: GraphQLObjectType, change: Change): GraphQLObjectType {
  const config = type.toConfig()
  const fields = Object.entries(config.fields).map(([name, field]) => [name, change(field, name)])
  return new GraphQLObjectType({ ...config, fields: Object.fromEntries(fields) })
}
