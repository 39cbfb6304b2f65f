import { GraphQLFloat, GraphQLScalarType, Kind, type NamedTypeNode, type ValueNode, type VariableDefinitionNode, visit } from 'graphql'
import { isExactNumber, readNumber } from '../../util/exact-number.ts'

/** The value of a literal, with all digits of its numbers: those that a double cannot hold are kept as text. */
export function valueOfLiteral(node: ValueNode, variables: Readonly<Record<string, unknown>> | null | undefined): unknown {
  switch (node.kind) {
    case Kind.NULL:
      return null
    case Kind.INT:
    case Kind.FLOAT:
      return readNumber(node.value)
    case Kind.STRING:
    case Kind.ENUM:
    case Kind.BOOLEAN:
      return node.value
    case Kind.LIST:
      return node.values.map((item) => valueOfLiteral(item, variables))
    case Kind.OBJECT: {
      const value: Record<string, unknown> = Object.create(null)
      for (const field of node.fields) value[field.name.value] = valueOfLiteral(field.value, variables)
      return value
    }
    case Kind.VARIABLE:
      return variables?.[node.name.value]
  }
}

/** `Float` for variables used within rows: it keeps all digits. */
export const ExactFloat = new GraphQLScalarType({
  name: 'ExactFloat',
  parseValue: (value) => (isExactNumber(value) ? value : GraphQLFloat.parseValue(value)),
  parseLiteral: (node, variables) =>
    node.kind === Kind.FLOAT || node.kind === Kind.INT ? valueOfLiteral(node, variables) : GraphQLFloat.parseLiteral(node, undefined),
})

const EXACT_FLOAT: NamedTypeNode = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: ExactFloat.name } }

/** A variable definition with that type in place of `Float`. */
export function withExactFloats(variable: VariableDefinitionNode): VariableDefinitionNode {
  return visit(variable, { NamedType: ({ name }) => (name.value === GraphQLFloat.name ? EXACT_FLOAT : undefined) })
}
