import { batchOf, type QueuedChunk, type Slice } from '../../../src/ingest/batch.ts'
import { createFairSemaphore, type Priority } from '../../../src/ingest/limits/fair-semaphore.ts'
import { createHostPermits } from '../../../src/ingest/limits/host-permits.ts'
import { createLimitedCall } from '../../../src/ingest/limits/limited-call.ts'
import { createLimitsByTenant } from '../../../src/ingest/limits/tenant-limits.ts'
import { createKeyLocks, createRowQueue, rowsIn } from '../../../src/ingest/row-queue.ts'
import { wireRows } from '../../../src/rows/chunk.ts'
import { listOf } from '../../../src/util/list-of.ts'
import { readOrigin } from '../../../src/util/request-origin.ts'
import { secret } from '../../../src/util/secret.ts'
import type { Chance } from '../../support/random.ts'
import { resourceNamed } from '../../support/rows.ts'
import { inTurn, type Table } from './table.ts'
import { type Step, walk } from './walk.ts'

const resource = resourceNamed('Products')
const destination = {
  tenant: { id: 'T', credential: secret('t') },
  solution: { name: 'S', modules: [resource.module], prefix: '', suffix: '' },
  resource,
  operation: 'UPSERT',
  dryRun: false,
} as const

const origin = readOrigin({ headers: {} })

const PRIORITIES: readonly Priority[] = ['interactive', 'bulk']

/** Tasks of both priorities, some of which change theirs while they wait, beside a pace that bulk ones keep. */
function semaphore(chance: Chance): Step {
  const began: string[] = []
  const underWay: (() => void)[] = []
  let freeAt = 0
  let noted = 0
  const pace = {
    wait: () => Math.max(0, freeAt - performance.now()),
    noteBulk() {
      freeAt = performance.now() + 25
    },
    noteInteractive: () => void noted++,
  }
  const { run, areBusy } = createFairSemaphore(3, pace)
  let tasks = 0
  return async () => {
    for (let nth = chance.between(0, 3); nth > 0; nth--) {
      const [name, first] = [`${++tasks}`, chance.pick(PRIORITIES)]
      let asked = 0
      const changes = chance.percent(20)
      run(
        () => (changes && asked++ > 0 ? 'interactive' : first),
        () =>
          new Promise((resolve) => {
            began.push(`${name}${changes ? '*' : ''}${first[0]}`)
            underWay.push(resolve)
          }),
      )
    }
    for (let nth = chance.between(0, 3); nth > 0; nth--) underWay.splice(chance.between(0, underWay.length - 1), 1)[0]?.()
    for (let turn = 0; turn < 8; turn++) await Promise.resolve()
    return `${tasks} came, ${began.splice(0).join(' ')} began, ${underWay.length} under way, ${noted} noted, ${areBusy() ? 'busy' : 'idle'}`
  }
}

/** Tenants, quick ones among them, that ask for permits, give them back, twice now and then, or give up. */
function permits(chance: Chance): Step {
  const told: string[] = []
  const { acquire, taken } = createHostPermits({
    count: 5,
    forQuick: 2,
    onFull: (requests, tenants) => void told.push(`full: ${requests} for ${tenants}`),
  })
  const held: { readonly name: string; readonly release: () => void }[] = []
  const waiting: AbortController[] = []
  let asked = 0
  return async () => {
    for (let nth = chance.between(0, 4); nth > 0; nth--) {
      const [tenant, isQuick] = [chance.pick([...'AAABC']), chance.percent(40)]
      const name = `${tenant}${++asked}${isQuick ? 'q' : ''}`
      const ending = new AbortController()
      waiting.push(ending)
      void Promise.resolve(acquire(tenant, isQuick, ending.signal)).then((release) => {
        told.push(release === undefined ? `${name} gave up` : name)
        if (release !== undefined) held.push({ name, release })
      })
    }
    if (chance.percent(20)) waiting.splice(chance.between(0, waiting.length - 1), 1)[0]?.abort()
    for (let turn = 0; turn < 4; turn++) await Promise.resolve()
    for (let nth = chance.between(0, 4); nth > 0 && held.length > 0; nth--) {
      const [one] = held.splice(chance.between(0, held.length - 1), 1)
      told.push(`-${one?.name}`)
      one?.release()
      if (chance.percent(25)) one?.release()
    }
    for (let turn = 0; turn < 4; turn++) await Promise.resolve()
    return `${told.splice(0).join(', ')}; ${taken()} taken`
  }
}

interface Answered {
  readonly kind: 'answered'
  readonly status: number
}

/** Calls without rows, of two tenants with two permits each, some of which nobody waits for any longer, or whose time is up. */
function calls(chance: Chance): Step {
  const told: string[] = []
  const call = createLimitedCall(createLimitsByTenant({ concurrency: 2, requestsPerSecond: 3, events: { emit: () => {} } }), 1_000)
  const flying: { readonly name: string; readonly answer: (result: Answered) => void }[] = []
  const waiting: AbortController[] = []
  let asked = 0
  return async () => {
    for (let nth = chance.between(0, 3); nth > 0; nth--) {
      const [tenant, leaves] = [chance.pick([...'AAB']), chance.percent(80)]
      const name = `${tenant}${++asked}${leaves ? '' : 'l'}`
      const ending = chance.percent(60) ? new AbortController() : undefined
      if (ending) waiting.push(ending)
      const send = (noteLeft: () => void) => {
        told.push(`${name} left`)
        if (leaves) noteLeft()
        return new Promise<Answered>((answer) => void flying.push({ name, answer }))
      }
      void call(tenant, [origin], send, ending?.signal).then((result) =>
        told.push(`${name} ${result.kind === 'answered' ? result.status : result.code}`),
      )
    }
    if (chance.percent(40)) waiting.splice(chance.between(0, waiting.length - 1), 1)[0]?.abort()
    for (let turn = 0; turn < 12; turn++) await Promise.resolve()
    for (let nth = chance.between(0, 2); nth > 0 && flying.length > 0; nth--) {
      const [one] = flying.splice(chance.between(0, flying.length - 1), 1)
      one?.answer({ kind: 'answered', status: chance.pick([200, 200, 200, 429]) })
    }
    for (let turn = 0; turn < 12; turn++) await Promise.resolve()
    return `${told.splice(0).join(', ')}; ${flying.length} under way`
  }
}

/** Two queues of one table: rows of few keys come, are taken and let go, and whole chunks are withdrawn. */
function rows(chance: Chance): Step {
  const locks = createKeyLocks()
  const calls = [0, 0]
  const queues = calls.map((_, nth) =>
    createRowQueue(locks, () => {
      calls[nth] = (calls[nth] ?? 0) + 1
    }),
  )
  const chunks: { readonly queue: number; readonly chunk: QueuedChunk; readonly name: string }[] = []
  const flying: { readonly queue: number; readonly slice: Slice }[] = []
  let came = 0
  const named = ({ chunk, from, to }: Slice) => `${chunks.find((one) => one.chunk === chunk)?.name ?? '?'}[${from},${to})`
  const acts = {
    add(queue: number) {
      const keys = Array.from({ length: chance.between(1, 6) }, () => chance.between(1, 9))
      const chunk = {
        rows: wireRows(keys.map((key) => ({ key }))),
        indexes: keys.map((_, at) => at),
        keys,
        origin,
        priority: chance.pick(PRIORITIES),
        queuedAt: came,
      }
      const name = `${'ab'[queue]}${++came}`
      chunks.push({ queue, chunk, name })
      queues[queue]?.add(chunk)
      return `add ${name} ${chunk.priority} of keys ${keys.join(' ')}`
    },
    take(queue: number) {
      const [priority, room, keepsWhole] = [chance.pick(PRIORITIES), chance.between(0, 7), chance.percent(40)]
      const slices = queues[queue]?.take(priority, room, keepsWhole) ?? []
      flying.push(...slices.map((slice) => ({ queue, slice })))
      const batch = slices.length === 0 ? undefined : batchOf(destination, slices, 1_000)
      const keysSent = batch === undefined ? [] : listOf(batch.rows.length, (at) => batch.rows.at(at).key)
      return `take ${room} ${priority}${keepsWhole ? ' whole' : ''}: ${slices.map(named).join(' ')}, ${rowsIn(slices)} rows of keys ${keysSent.join(' ')} until ${batch?.sentUntil}`
    },
    letGo() {
      const [one] = flying.length === 0 ? [] : flying.splice(chance.between(0, flying.length - 1), 1)
      if (one !== undefined) queues[one.queue]?.letGo(one.slice)
      return `let go ${one === undefined ? 'nothing' : named(one.slice)}`
    },
    withdraw() {
      const [one] = chunks.length === 0 ? [] : chunks.slice(-chance.between(1, Math.min(4, chunks.length)))
      const slices = one === undefined ? [] : (queues[one.queue]?.withdraw(one.chunk) ?? [])
      return `withdraw ${one?.name}: ${slices.map(named).join(' ')}`
    },
  }
  return () => {
    const queue = chance.between(0, 1)
    const act = chance.pick(['add', 'add', 'take', 'take', 'letGo', 'letGo', 'letGo', 'withdraw'] as const)
    const done = acts[act](queue)
    const ready = queues.map(({ ready: { interactive, bulk } }) => `${interactive}+${bulk}`).join(' ')
    return `${done}; ready ${ready}, told ${calls.join(' ')}`
  }
}

/** Whose turn it is, walked through at random. */
export const turns: Table = {
  name: 'turns',
  title: 'Whose turn it is: permits of a tenant, permits of the host, calls without rows, and rows of keys that wait for each other.',
  about: 'Each step says how long after the one before it comes, what is done, and what is seen.',
  lines: () =>
    inTurn([
      ...[1, 2, 3].map((seed) => () => walk('semaphore', seed, 50, [0, 0, 1, 24, 25, 26], semaphore)),
      ...[1, 2, 3, 4].map((seed) => () => walk('permits of the host', seed, 50, [0, 0, 1, 30_000, 59_999, 60_000], permits)),
      ...[1, 2, 3].map((seed) => () => walk('calls without rows', seed, 60, [0, 0, 1, 400, 999, 1_000], calls)),
      ...[1, 2, 3, 4, 5].map((seed) => () => walk('rows', seed, 70, [0], rows)),
    ]),
}
