/** Builds the console's page into `dist/console`; `npm ci` does it too, where the tools for it are installed. */

const SOURCES = new URL('../console/', import.meta.url)
const BUILT = new URL('../../dist/console/', import.meta.url)

const vite = await import('vite').catch(() => undefined)
if (vite === undefined) {
  console.log('The console is not built: Vite is not installed here. GraphQL needs nothing of it.')
} else {
  await vite.build({
    configFile: false,
    root: SOURCES.pathname,
    base: '/console/',
    logLevel: 'warn',
    // What is in `@types` of the browser is in browsers since 2024; the page's own texts are never data: URLs, which its policy forbids.
    build: { outDir: BUILT.pathname, emptyOutDir: true, target: 'es2024', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
    worker: { format: 'es' },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  })
}
