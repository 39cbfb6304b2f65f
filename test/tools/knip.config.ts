import { existsSync } from 'node:fs'
import type { KnipConfig } from 'knip'

/** What knip cannot see from scripts and imports: files that are loaded by folder or started by name. */
const config: KnipConfig = {
  // Of the machine, where they are on it.
  ignoreBinaries: ['promtool', 'haproxy', 'nginx', 'prlimit', 'mkfifo'],
  workspaces: {
    '.': {
      entry: [
        'schema/resources/*/*.ts',
        'src/**/assembly/*.ts',
        'test/support/store-child.ts',
        'test/client-types.ts',
        'src/console/{main.tsx,file/worker.ts}',
      ],
    },
    'src/client': {},
    'test/bench': {
      entry: [
        '{main,stub-upstream,top-functions}.ts',
        'measure/probe.ts',
        'subjects/{raw-pipe,json-proxy,obvious-stack,mercurius,apollo}.ts',
      ],
      // Mercurius and Apollo Server need it, which knip sees only where they are installed.
      ignoreDependencies: existsSync(new URL('../bench/node_modules', import.meta.url)) ? [] : ['graphql'],
    },
  },
}

export default config
