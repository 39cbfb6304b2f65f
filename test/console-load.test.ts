import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '../src/console/file/failure.ts'
import { RUN_TASK } from '../src/console/file/run-task.ts'
import { type FileWorker, TaskError } from '../src/console/file/start-worker.ts'
import { createLoad, type Load } from '../src/console/load/create-load.ts'
import type { LoadState, StateOf } from '../src/console/load/load-state.ts'
import { filledBuckets, niceCeiling, PERIODS, sinceOf } from '../src/console/outcomes/buckets.ts'
import { moved } from '../src/console/parts/grid/move.ts'
import { percent } from '../src/console/parts/number-text.ts'
import { searchResources } from '../src/console/reference/search.ts'
import { RESOURCES, type ResourcesAnswer } from '../src/console/session/queries.ts'
import type { Resource } from '../src/console/session/resource.ts'
import { createSession, type Session } from '../src/console/session/session.ts'
import { createStore } from '../src/console/session/store.ts'
import { productsCsv } from './support/console-visit.ts'
import { startPair } from './support/gateway.ts'

type Pair = Awaited<ReturnType<typeof startPair>>

const OBJECT = 'INV_PRODUCTS_OOTB'

let pair: Pair
let resources: readonly Resource[]

beforeAll(async () => {
  pair = await startPair({ LOG_LEVEL: 'error', MAX_BATCH_ROWS: '10', UPSTREAM_CONCURRENCY: '1' })
  resources = (await pair.gateway.send<ResourcesAnswer, object>(RESOURCES)).data.resources
})
afterAll(() => pair.close())

describe('a load', () => {
  test('sets ragged rows aside, and sends the others', async () => {
    const { load, session } = await dropped(
      'ragged.csv',
      `${productsCsv(3, 1)}R-1,SUP-001,12\nR-2,SUP-001,12,2025-01-15 08:00:00,too,much\n`,
    )
    const sent = await send(load)
    expect(sent.tally).toEqual({ accepted: 2, rejected: 3, unconfirmed: 0, replayed: 0 })
    expect(sent.open.map(({ row, issues }) => [row.number, issues[0]?.code])).toEqual([
      [4, 'WRONG_CELL_COUNT'],
      [5, 'WRONG_CELL_COUNT'],
      [3, 'BELOW_MINIMUM'],
    ])
    expect(session.isOpen()).toBe(true)
  })

  test('sends corrected rows and no others, and counts them as accepted', async () => {
    const { load } = await dropped('fix.csv', productsCsv(20, 4).replace(/^P-/gm, 'FIX-'))
    const sent = await send(load)
    const [first, second] = sent.open.map(({ row }) => row.number)
    load.edit([first ?? 0], 2, '12')
    load.edit([second ?? 0], 2, 'still wrong')
    load.resend()
    const after = await until(load, 'sent', (state) => !state.isResending)
    expect(after.tally).toMatchObject({ accepted: 17, rejected: 3 })
    expect([after.corrected.size, after.edits.size]).toEqual([1, 0])
    expect(after.open.find(({ row }) => row.number === second)).toMatchObject({
      row: { cells: [expect.any(String), 'SUP-001', 'still wrong', expect.any(String)] },
      issues: [{ code: 'WRONG_TYPE', hint: 'digits only' }],
    })
    expect(await stored('FIX-')).toHaveLength(17)
  })

  test('goes through its steps one after the other, and each is seen before there is anything to tell of it', async () => {
    const load = createLoad({ worker: WORKER, session: openSession('steps'), resources })
    const steps: string[] = []
    load.state.watch(() => {
      const state = load.state.get()
      const progress = 'progress' in state ? JSON.stringify(state.progress ?? 'nothing yet') : ''
      if (steps.at(-1)?.split(' ')[0] !== state.step) steps.push(`${state.step} ${progress}`.trim())
    })
    load.send()
    load.tryRows()
    load.backToColumns()
    load.drop(new File([productsCsv(3, 0).replace(/^P-/gm, 'STEP-')], 'steps.csv'))
    await until(load, 'columns')
    load.send()
    load.tryRows()
    await until(load, 'tried')
    load.backToColumns()
    load.tryRows()
    await until(load, 'tried')
    load.send()
    await until(load, 'sent')
    load.startOver()
    const trial = ['columns', 'trying', 'tried']
    expect(steps).toEqual(['reading {"bytes":0,"rows":0}', ...trial, ...trial, 'sending "nothing yet"', 'sent', 'file'])
  })

  test('of an APPEND that was stopped half-way goes on where it was: no row twice, and corrected ones stay corrected', async () => {
    const rows = 6_000
    const { load } = await dropped('half.csv', productsCsv(rows, 2).replace(/^P-/gm, 'HALF-'), 'append')
    load.tryRows()
    await until(load, 'tried')
    await pair.sandbox.slowDown(3)
    load.send()
    await until(load, 'sending', ({ progress }) => (progress?.settled ?? 0) > 0)
    load.cancel()
    const stopped = await until(load, 'sent')
    expect(stopped.result.stopped?.code).toBe('ABORTED')
    expect(stopped.result.accepted).toBeLessThan(rows - 2)

    await pair.sandbox.slowDown(0)
    load.send()
    const done = await until(load, 'sent', ({ result }) => result.stopped === undefined)
    expect(done.tally).toMatchObject({ accepted: rows - 2, rejected: 2, unconfirmed: 0 })
    load.edit(
      done.open.map(({ row }) => row.number),
      2,
      '6',
    )
    load.resend()
    await until(load, 'sent', ({ open }) => open.length === 0)
    load.send()
    const again = await until(load, 'sent', ({ tally }) => tally.replayed > 0 && tally.accepted === rows)
    expect([again.open, again.tally.rejected]).toEqual([[], 0])
    expect(await stored('HALF-')).toHaveLength(rows)
  })

  test('of an APPEND whose file is dropped again, or again in another tab, writes no row twice', async () => {
    const text = productsCsv(10, 0).replace(/^P-/gm, 'AGAIN-')
    const first = await send((await dropped('again.csv', text, 'append')).load)
    const second = await send((await dropped('again.csv', text, 'append')).load)
    expect([first.tally, second.tally].map(({ accepted, replayed }) => [accepted, replayed])).toEqual([
      [10, 0],
      [10, 10],
    ])
    expect(await stored('AGAIN-')).toHaveLength(10)
  })

  test('says of a row whose key another has that it stands further down, without counting rows of a request', async () => {
    const [header, row] = productsCsv(1, 0).replace(/^P-/m, 'TWICE-').split('\n')
    const { open } = await send((await dropped('twice.csv', [header, row, row].join('\n'), 'append')).load)
    expect(open).toMatchObject([
      { row: { number: 2 }, issues: [{ code: 'DUPLICATE_KEY', message: expect.stringMatching(/^An earlier row/) }] },
    ])
  })

  test('keeps corrected rows open where nobody answered for them', async () => {
    const { load } = await dropped('unanswered.csv', productsCsv(6, 2).replace(/^P-/gm, 'OPEN-'))
    const sent = await send(load)
    const numbers = sent.open.map(({ row }) => row.number)
    load.edit(numbers, 2, '12')
    load.resend()
    load.cancel()
    const after = await until(load, 'sent', (state) => !state.isResending && state.failure !== undefined)
    expect([after.tally.accepted, after.open.length, after.edits.size, after.corrected.size]).toEqual([4, 2, 2, 0])
  })

  test('says what is wrong where no row can be sent at all', async () => {
    const { load } = await dropped('refused.csv', productsCsv(5, 1), 'upsert', 'refused-token')
    load.tryRows()
    const { trial } = await until(load, 'tried')
    expect(trial.accepted).toBe(0)
    expect(trial.failed.map(({ issues }) => issues[0]?.code).sort()).toEqual(['BELOW_MINIMUM', ...Array(4).fill('UPSTREAM_UNAUTHORIZED')])
  })

  /** A file in the hands of a load, whose worker works in this very thread. */
  async function dropped(name: string, text: string, operation: 'upsert' | 'append' = 'upsert', token = 'sandbox-token') {
    const session = openSession(token)
    const load = createLoad({ worker: WORKER, session, resources })
    load.drop(new File([text], name))
    await until(load, 'columns')
    const resource = resources.find((one) => one.name === 'Products')
    load.choose({ ...(resource && { resource }) })
    load.choose({ operation })
    return { load, session }
  }

  async function send(load: Load): Promise<StateOf<'sent'>> {
    load.tryRows()
    await until(load, 'tried')
    load.send()
    return until(load, 'sent')
  }
})

test('keys lead through a grid and never out of it', () => {
  const size = { rows: 30, columns: 4 }
  const lead = (row: number, column: number, key: string, ctrlKey = false) => moved({ row, column }, { key, ctrlKey, metaKey: false }, size)
  expect(lead(0, 0, 'ArrowUp')).toEqual({ row: 0, column: 0 })
  expect(lead(29, 4, 'ArrowDown')).toEqual({ row: 29, column: 4 })
  expect(lead(5, 4, 'ArrowRight')).toEqual({ row: 5, column: 4 })
  expect(lead(5, 2, 'PageDown')).toEqual({ row: 15, column: 2 })
  expect(lead(5, 2, 'End', true)).toEqual({ row: 29, column: 4 })
  expect(lead(5, 2, 'Home')).toEqual({ row: 5, column: 0 })
  expect(lead(5, 2, 'x')).toBeUndefined()
})

test('a share says all or none of the rows only where it is', () => {
  expect([0, 0.000_01, 0.5, 0.999_99, 1].map(percent)).toEqual(['0 %', '0.1 %', '50 %', '99.9 %', '100 %'])
})

test('whoever has stopped watching a value is told of no change', () => {
  const store = createStore(1)
  const heard: number[] = []
  const stop = store.watch(() => heard.push(store.get()))
  store.set(2)
  stop()
  store.set(3)
  expect(heard).toEqual([2])
})

test('a chart has a bar for every hour, and a scale that people can read', () => {
  const now = Date.parse('2025-01-28T14:30:00Z')
  const since = sinceOf(PERIODS.day, now)
  expect(new Date(since).toISOString()).toBe('2025-01-27T15:00:00.000Z')
  const one = { start: '2025-01-28T14:00:00Z', accepted: 3, rejected: 1, unconfirmed: 0 }
  const bars = filledBuckets([one], PERIODS.day, since)
  expect([bars.length, bars.at(-1), bars[0]?.accepted]).toEqual([24, one, 0])
  expect([0, 1, 7, 12, 2_051, 9_999].map(niceCeiling)).toEqual([2, 2, 8, 20, 3_000, 10_000])
})

test('a search finds resources by their words and by those of one column', () => {
  const names = (text: string) => searchResources(resources, text).map(({ resource }) => resource.name)
  expect(names('')).toHaveLength(resources.length)
  expect(names('PACK_SIZE')).toContain('Products')
  expect(names('item master')).toEqual(['Products'])
  expect(names('no such thing')).toEqual([])
})

/** What a worker does, in this thread. */
const WORKER: FileWorker = {
  run(task, input, running) {
    const run = RUN_TASK[task] as (given: typeof input, beside: typeof running) => ReturnType<typeof WORKER.run<typeof task>>
    return run(input, running).catch((error: unknown) => {
      throw new TaskError(failureOf(error))
    })
  },
}

function openSession(token: string): Session {
  const kept = new Map<string, string>([['rowgate-token', token]])
  const storage = { getItem: (name: string) => kept.get(name) ?? null } as Storage
  const facts = { upstream: { kind: 'sandbox' }, token: undefined, lendsToken: false, endpoint: '/graphql' } as const
  return createSession(facts, storage, pair.gateway.url.href)
}

/** The state of a load as soon as it is of that step and as wished. */
function until<Step extends LoadState['step']>(
  load: Load,
  step: Step,
  isReached: (state: StateOf<Step>) => boolean = () => true,
): Promise<StateOf<Step>> {
  return new Promise((resolve) => {
    const look = () => {
      const state = load.state.get()
      if (state.step === step && isReached(state as StateOf<Step>)) {
        stop()
        resolve(state as StateOf<Step>)
      }
    }
    const stop = load.state.watch(look)
    look()
  })
}

async function stored(prefix: string): Promise<unknown[]> {
  return (await pair.sandbox.rows(OBJECT)).filter((row) => JSON.stringify(row).includes(prefix))
}
