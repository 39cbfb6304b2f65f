import graphql from '@graphql-eslint/eslint-plugin'
import type { Linter } from 'eslint'

/** No field can have the type of `errors[].extensions.code`: its enum is in the schema to be read. */
const READ_ONLY_BY_PEOPLE = 'Enum type `GatewayErrorCode` is unreachable'

const exceptions: Linter.Processor = {
  preprocess: (text) => [text],
  postprocess: (messages) => messages.flat().filter(({ message }) => !message.startsWith(READ_ONLY_BY_PEOPLE)),
}

/** What GraphQL-ESLint recommends for a schema, but for ids that Relay would refetch by: rows have keys of their own. */
const config: Linter.Config[] = [
  {
    files: ['schema/schema.graphql'],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: 'schema/schema.graphql' } } },
    plugins: { '@graphql-eslint': graphql as never },
    processor: exceptions,
    rules: { ...graphql.configs['flat/schema-recommended'].rules, '@graphql-eslint/strict-id-in-types': 'off' },
  },
]

export default config
