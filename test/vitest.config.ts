import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Threads and processes that tests start need not strip the types of the same files over and over.
process.env.NODE_COMPILE_CACHE ??= new URL('../node_modules/.cache/node', import.meta.url).pathname

/** Files that measure memory, or change what the whole process goes by, for as long as it lives. */
const ALONE = ['memory', 'large-bodies', 'large-answers', 'simulation', 'keyed-simulation', 'recorded'].map(
  (name) => `test/${name}.test.ts`,
)
const INCLUDE = ['test/**/*.test.ts']
const EXCLUDE = ['test/bench/**']

/** Files that take long: a worker that begins one of them last is waited for by all others. */
const LONG = [
  'sending',
  'idempotency-unusable-stores',
  'sending-again',
  'faults',
  'stopping',
  'replicas',
  'store',
  'identity-keys',
  'statuses',
  'docs',
  'import',
  'console',
  'large-bodies',
]

/** Begins with the long ones also where no earlier run is remembered. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification) => LONG.some((name) => moduleId.endsWith(`/${name}.test.ts`))
    const rank = (file: TestSpecification) => (file.project.name === 'alone' ? 0 : isLong(file) ? 1 : 2)
    return sorted.sort((one, other) => rank(one) - rank(other))
  }
}

// Without these conditions vitest loads two copies of graphql, one by `import` and one by `require`. `import` itself is
// none of them: `require` would follow it too, and what pg requires would be a module.
export default defineConfig({
  ssr: { resolve: { conditions: ['module-sync', 'node', 'default'] } },
  test: {
    root: new URL('..', import.meta.url).pathname,
    // A process of its own for each file would import all of the gateway anew, which takes more time than most files' tests.
    projects: [
      { extends: true, test: { name: 'together', include: INCLUDE, exclude: [...EXCLUDE, ...ALONE], isolate: false } },
      { extends: true, test: { name: 'alone', include: ALONE, exclude: EXCLUDE } },
    ],
    // Most of a test's time is spent waiting: for retries, for a process to start or to stop.
    globalSetup: ['test/support/temporary-folder.ts'],
    setupFiles: ['test/support/fresh-timers.ts'],
    maxWorkers: 8,
    sequence: { sequencer: LongestFirst },
    // A machine that is busy with something else is late, not wrong.
    expect: { poll: { timeout: 30_000 } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
