import type { Builder } from '../builder.ts'

/** An enum from a table of values and their descriptions; in GraphQL the values are upper case. */
export function addEnum<Name extends string>(builder: Builder, name: string, description: string, table: Readonly<Record<Name, string>>) {
  const names = Object.keys(table) as Name[]
  const values = Object.fromEntries(names.map((value) => [value.toUpperCase(), { value, description: table[value] }])) as Record<
    Name,
    { value: Name; description: string }
  >
  return builder.enumType(name, { description, values })
}
