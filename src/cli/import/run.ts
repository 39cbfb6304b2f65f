import type { Readable } from 'node:stream'
import { type Client, createClient } from '../../client/index.ts'
import { FEW_TRIES, repeated } from '../../client/retry.ts'
import { sleep } from '../../client/stop.ts'
import { findResource, inOrderOfReference, readResources } from './catalogue.ts'
import { expectMapped } from './columns.ts'
import { ImportFailure } from './failure.ts'
import { findSources, stemOf } from './find-sources.ts'
import { failureOf } from './gateway-failure.ts'
import { type Command, loadPlan } from './load-plan.ts'
import { type Options, readOptions } from './options.ts'
import { type Plan, planSource } from './plan.ts'
import { type Source, STDIN } from './read/source.ts'
import { createProgress, type Screen, wordTime } from './report/progress.ts'
import { reportFailure } from './report/report.ts'

/** The environment of the command. */
interface Surroundings {
  readonly args: readonly string[]
  readonly token: string | undefined
  readonly cwd: string
  readonly stdin: Readable
  /** Where results go. */
  print(text: string): void
  /** Where progress and failures go. */
  readonly screen: Screen
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** Exit codes: 0 all rows accepted, 1 some were not, 2 it failed or was stopped. */
export async function runImport(world: Surroundings): Promise<0 | 1 | 2> {
  let name: string | undefined
  let sources: readonly Source[] = []
  let options: Options | string | undefined
  try {
    options = readOptions(world.args)
    if (typeof options === 'string') {
      world.print(options)
      return 0
    }
    const client = waiting(createClient({ url: options.url, token: world.token }), world)
    const command: Command = { ...world, options, client }
    sources = await findSources(command, world.stdin)
    const planning = planAll(command, sources, (source) => {
      name = source
    })
    const plans = await unlessAborted(planning, world.signal)
    expectMapped(options.map, plans)
    let code: 0 | 1 = 0
    for (const plan of plans) {
      name = plan.source.name
      if ((await loadPlan(plan, command)) > 0) code = 1
    }
    return code
  } catch (error) {
    const failure = world.signal.aborted ? stopped(options) : failureOf(error)
    if (!(failure instanceof ImportFailure)) throw error
    world.screen.write(reportFailure(typeof options === 'object' && isOfAddress(failure) ? addressOf(options) : name, failure))
    return 2
  } finally {
    for (const source of sources) await source.close()
  }
}

/** Whether what failed is the address of the gateway, and no file. */
function isOfAddress({ problems }: ImportFailure): boolean {
  return problems.some(({ code }) => code === 'GATEWAY_UNREACHABLE' || code === 'NOT_A_GATEWAY')
}

function addressOf({ url }: Options): string {
  return `${url.origin}${url.pathname}`
}

/** A client that also repeats queries while the gateway declines them for a while. */
function waiting(client: Client, { screen, signal }: Surroundings): Client {
  const pause = (ms: number) => {
    screen.write(`The gateway asks to wait: continuing in ${wordTime(Math.ceil(ms / 1_000))}.\n`)
    return sleep(ms, signal)
  }
  const triesFor = ({ retryAfterMs }: { readonly retryAfterMs?: number | undefined }) => (retryAfterMs === undefined ? 1 : FEW_TRIES)
  return { ...client, query: (...asked) => repeated(() => client.query(...asked), pause, triesFor) }
}

/** Rejects as soon as the signal is aborted: while sources are checked nothing is under way that would have to be awaited. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort)
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function stopped(options: Options | string | undefined): ImportFailure {
  const isUnkeyed = typeof options === 'object' && options.from === STDIN && options.key === undefined
  const advice =
    typeof options === 'object' && options.dryRun
      ? 'Nothing was written.'
      : isUnkeyed
        ? 'Run the same command again: everything is sent again, which is safe for an UPSERT. With --key it would continue where it stopped.'
        : 'Run the same command again: it continues where it stopped, and asks what became of the rows that were on their way.'
  return new ImportFailure({ code: 'INTERRUPTED', message: 'Stopped.' }, advice)
}

/** Opens and checks all sources; nothing is sent before every one is good. */
async function planAll(command: Command, sources: readonly Source[], onSource: (name: string) => void): Promise<readonly Plan[]> {
  const { client, signal, options } = command
  const resources = await readResources(client, signal)
  const found = sources.map((source) => {
    onSource(source.name)
    return { source, resource: findResource(options.resource ?? stemOf(source), resources, options.solution) }
  })
  const plans: Plan[] = []
  for (const { source, resource } of inOrderOfReference(found)) {
    onSource(source.name)
    const bar = createProgress(command.screen, `${source.name}: looking through`)
    plans.push(await planSource(source, resource, { ...command, resources, onChecked: bar.show }).finally(bar.stop))
  }
  return plans
}
