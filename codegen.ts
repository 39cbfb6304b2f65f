import type { CodegenConfig } from '@graphql-codegen/cli'

/** Typed documents for `schema/operations`, which the tests send, and the manifest of them that DOCUMENTS_MANIFEST may name. */
const config: CodegenConfig = {
  importExtension: '.ts',
  schema: 'schema/schema.graphql',
  documents: 'schema/operations/*.graphql',
  generates: {
    'test/support/operations/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: 'sha256' } },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        scalars: { SafeInt: 'number', Date: 'string', Timestamp: 'string', JSONObject: 'Record<string, unknown>' },
      },
    },
  },
}

export default config
