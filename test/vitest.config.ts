import { defineConfig } from 'vitest/config'

// Without these conditions vitest loads two copies of graphql, one by `import` and one by `require`.
export default defineConfig({
  ssr: { resolve: { conditions: ['module-sync', 'node', 'import', 'default'] } },
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    exclude: ['test/bench/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
