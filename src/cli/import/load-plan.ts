import type { Client } from '../../client/index.ts'
import { guardAppend } from './guard.ts'
import { type Loaded, load } from './load.ts'
import type { Options } from './options.ts'
import { keyOf, type Plan } from './plan.ts'
import { createProgress, type Position, type Screen, wordRows, wordTime } from './report/progress.ts'
import { reportLoaded } from './report/report.ts'
import { type LoadIdentity, type LoadRecord, openState, type StateFile, writableFolder } from './state-file.ts'

/** What all loads of a command share. */
export interface Command {
  readonly options: Options
  readonly client: Client
  readonly cwd: string
  readonly screen: Screen
  readonly signal: AbortSignal
  print(text: string): void
}

/** Loads a planned source and reports the result; returns how many rows were not accepted, and throws what ended it early. */
export async function loadPlan(plan: Plan, command: Command): Promise<number> {
  const { source, checked } = plan
  const { options, cwd, screen, client, signal } = command
  const key = loadKey(plan, options)
  const state = await openState(options.dryRun ? undefined : source.path)
  const identity = identityOf(plan, options)
  const earlier = state.find(identity)
  const limits = await readLimits(command, checked?.rows ?? 0)
  const retentionSeconds = limits.idempotencyRetentionSeconds
  if (options.operation === 'APPEND' && checked !== undefined && key !== undefined && source.path !== undefined)
    await guardAppend({ client, path: source.path, sha256: checked.sha256, key, earlier, retentionSeconds, signal })
  screen.write(announcement(plan, options, limits))

  const memory = createMemory(state, identity, checked?.sha256 ?? '', earlier)
  if (source.path !== undefined && !options.dryRun && !(await memory.begin())) screen.write(NOT_REMEMBERED)
  const folder = await writableFolder(source.path, cwd)
  const started = performance.now()
  const bar = createLiveBar(screen, source.name)
  const events = { onPosition: bar.show, onWritten: memory.written }
  const loaded = await load(plan, { client, options, key, folder, signal, mayReplace: state.hasWritten, ...events })
  bar.stop()
  await memory.end(loaded)
  command.print(reportLoaded(source.name, loaded, (performance.now() - started) / 1_000, options, cwd))
  if (loaded.failure !== undefined) throw loaded.failure
  return loaded.rejected + loaded.unconfirmed
}

const NOT_REMEMBERED =
  'Note: nothing can be written beside the file, so this load is not remembered. Do not load a corrected copy of the whole file.\n'

function loadKey({ checked, resource }: Plan, options: Options): string | undefined {
  if (options.dryRun) return undefined
  if (checked !== undefined) return keyOf(checked.sha256, resource, options)
  return options.key === undefined || options.again === undefined ? options.key : `${options.key}~${options.again}`
}

function identityOf({ resource }: Plan, { url, operation, solution, again }: Options): LoadIdentity {
  return { url: url.href, resource: resource.name, operation, solution: solution ?? null, again: again ?? null }
}

interface Limits {
  readonly idempotencyRetentionSeconds: number
  readonly cost: { readonly seconds: number }
}

async function readLimits({ client, signal }: Command, rows: number): Promise<Limits> {
  const query = 'query ImportLimits($rows: Int!) { limits { idempotencyRetentionSeconds cost(rows: $rows) { seconds } } }'
  return (await client.query<{ limits: Limits }>(query, { rows }, signal)).limits
}

function announcement(
  { source, resource, checked }: Plan,
  { operation, dryRun }: Options,
  { cost, idempotencyRetentionSeconds }: Limits,
): string {
  const rows = checked === undefined ? 'rows' : wordRows(checked.rows)
  const aim = dryRun ? 'to be tried' : operation === 'APPEND' ? 'to be appended' : 'to be upserted'
  const time = checked === undefined ? '' : ` The upstream needs at least ${wordTime(Math.max(cost.seconds, 1))} for them.`
  const memory = dryRun
    ? 'Nothing is written.'
    : `Their outcomes are kept for ${wordTime(idempotencyRetentionSeconds)}: until then the same command continues where it stopped.`
  return `${source.name}: ${rows} of ${resource.name}, ${aim}.${time} ${memory}\n`
}

/** A progress bar that keeps the time running while nothing happens. */
function createLiveBar(screen: Screen, name: string) {
  const bar = createProgress(screen, name)
  let last: Position | undefined
  const timer = setInterval(() => last && bar.show(last), 1_000)
  return {
    show(position: Position) {
      last = position
      bar.show(position)
    },
    stop() {
      clearInterval(timer)
      bar.stop()
    },
  }
}

/** Keeps the record of a load up to date; writes are serialised. */
function createMemory(state: StateFile, identity: LoadIdentity, sha256: string, earlier: LoadRecord | undefined) {
  const same = earlier?.sha256 === sha256 ? earlier : undefined
  let record: LoadRecord = {
    ...NEW_RECORD,
    ...same,
    ...identity,
    sha256,
    startedAt: same?.startedAt ?? new Date().toISOString(),
    written: earlier?.written ?? [],
  }
  let writing: Promise<boolean> = Promise.resolve(true)
  const keep = (changes: Partial<LoadRecord>) => {
    record = { ...record, ...changes }
    const next = record
    writing = writing.then(() => state.keep(next))
    return writing
  }
  return {
    begin: () => keep({ finishedAt: null, mayBeWritten: true }),
    written() {
      if (!record.isTold) void keep({ isTold: true })
    },
    end({ accepted, rejected, unconfirmed, settledLine, files, failure, isInVain }: Loaded) {
      const written = [...new Set([...files.map((file) => file.sha256), ...record.written])].slice(0, MAX_WRITTEN)
      const finishedAt = failure === undefined ? new Date().toISOString() : null
      const mayBeWritten = same?.mayBeWritten === true || record.isTold || (failure !== undefined && !isInVain)
      return keep({ mayBeWritten, accepted, rejected, unconfirmed, settledLine, written, finishedAt })
    },
  }
}

const MAX_WRITTEN = 20
const NEW_RECORD = { finishedAt: null, mayBeWritten: false, isTold: false, settledLine: 0, accepted: 0, rejected: 0, unconfirmed: 0 }
