import { runImport } from './import/run.ts'

// Loads a file, a folder of files, or standard input: `npm run import -- --help` says how.

const stop = new AbortController()
let stoppedAt = Number.POSITIVE_INFINITY
function stopOrEnd(): void {
  // One Ctrl-C sends two signals: the terminal's, and the one that npm passes on.
  if (performance.now() - stoppedAt > 500) process.exit(2)
  if (stop.signal.aborted) return
  stoppedAt = performance.now()
  process.stderr.write('\nStopping; press Ctrl+C again to stop at once.\n')
  stop.abort()
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stopOrEnd)
// The reader of the output is gone; the load goes on.
process.stdout.on('error', () => {})

const { ROWGATE_TOKEN: token, npm_lifecycle_event: script, INIT_CWD: startedIn } = process.env
process.exitCode = await runImport({
  args: process.argv.slice(2),
  token: token === '' ? undefined : token,
  // npm runs scripts in the folder of the package.
  cwd: script === 'import' && startedIn !== undefined ? startedIn : process.cwd(),
  stdin: process.stdin,
  print: (text) => process.stdout.write(text),
  screen: {
    isTTY: process.stderr.isTTY === true,
    columns: process.stderr.columns ?? 80,
    write: (text) => process.stderr.write(text),
  },
  signal: stop.signal,
}).catch((error: unknown) => {
  // Node's own exit code, 1, would mean that some rows were rejected.
  console.error(error)
  console.error('This is a defect in the command. What was sent stays sent: the same command continues where it stopped.')
  return 2
})
