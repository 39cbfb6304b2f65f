/** Builds the console's page into `dist/console`; `npm ci` runs this too, where the dev dependencies are installed. */
import { mkdir, rename, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const SOURCES = fileURLToPath(new URL('../console/', import.meta.url))
const DIST = fileURLToPath(new URL('../../dist/', import.meta.url))

const vite = await import('vite').catch(() => undefined)
if (vite === undefined) console.log('The console is not built: Vite is not installed here. GraphQL works without it.')
else await build(vite)

/** Builds into another folder and renames that at the end, so that a running gateway finds a complete page or none. */
async function build({ build }: typeof import('vite')): Promise<void> {
  const built = `${DIST}.console-${process.pid}`
  const before = `${built}-before`
  await mkdir(DIST, { recursive: true })
  await build({
    configFile: false,
    root: SOURCES,
    base: '/console/',
    logLevel: 'warn',
    // The page's policy forbids data: URLs.
    build: { outDir: built, emptyOutDir: true, target: 'es2024', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
    worker: { format: 'es' },
    // The browser build of csv-parse, which includes its own Buffer.
    resolve: { alias: [{ find: /^csv-parse$/, replacement: 'csv-parse/browser/esm' }] },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  })
  await rename(`${DIST}console`, before).catch(() => {})
  await rename(built, `${DIST}console`)
  await rm(before, { recursive: true, force: true })
}
