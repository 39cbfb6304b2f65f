import { contract } from '../schema/index.ts'
import { createApp } from './app.ts'
import { readConfig, unknownSettings } from './config.ts'
import { CONSOLE_PATH } from './http/console.ts'
import { missingDescriptors } from './http/descriptors.ts'
import { createLog } from './observability/log.ts'
import { SANDBOX_TOKEN } from './sandbox/choices.ts'
import { ConfigError } from './util/config-error.ts'

// A log line that cannot be written (full disk, closed pipe) is lost; the gateway goes on.
process.stdout.on('error', () => {})
try {
  await start()
} catch (error) {
  console.error(error instanceof ConfigError ? `Rowgate cannot start with these settings:\n${error.message}` : error)
  process.exit(1)
}

async function start(): Promise<void> {
  const config = readConfig(process.env, contract.modules)
  const log = createLog(config.log.level, config.replicaId)
  for (const complaint of unknownSettings(process.env, contract.modules)) log.warn(complaint)
  const missing = missingDescriptors(config.http.maxConnections)
  if (missing !== undefined)
    log.warn(
      missing,
      'the limit of file descriptors is too low for MAX_CONNECTIONS: raise it (ulimit -n) to what is needed, or lower MAX_CONNECTIONS',
    )
  const app = await createApp(config, contract, log)

  const breakOff = (cause: string) => {
    if (app.isDrained()) process.exit(0)
    log.warn({ cause }, 'stopped at once: work in progress was cut off, and its rows may or may not have been written')
    process.exit(1)
  }
  let isStopping = false
  const stop = () => {
    if (isStopping) breakOff('asked to stop a second time')
    isStopping = true
    log.info('stopping: /ready answers 503, then no new connections are taken; rows in progress are finished')
    setTimeout(() => breakOff('DRAIN_TIMEOUT_MS has passed'), config.http.shutdownDelayMs + config.http.drainTimeoutMs).unref()
    void app.close().then(() => process.exit(0))
  }
  // Installed before anybody can connect: by default a signal would kill the process with requests under way. SIGHUP: the terminal was closed.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop)

  const url = await app.listen().catch((error: unknown) => {
    if (!isStopping) throw error
  })
  if (url !== undefined) announce(url, config.http, app.sandbox?.url)
}

function announce(url: URL, pages: { readonly graphiql: boolean; readonly console: boolean }, sandbox: URL | undefined): void {
  const page = pages.console ? ` Console: ${new URL(CONSOLE_PATH, url)}` : ''
  console.log(`Rowgate is listening. ${pages.graphiql ? 'GraphiQL' : 'GraphQL'}: ${new URL('/graphql', url)}${page}`)
  if (sandbox === undefined) return
  console.log(
    `Rows go to the embedded sandbox at ${sandbox} (token: ${SANDBOX_TOKEN}). Set INGESTION_URL to send them to the real upstream.`,
  )
  console.log(`See what is stored: ${new URL('/sandbox/objects/INV_PRODUCTS_OOTB/rows', sandbox)}`)
}
