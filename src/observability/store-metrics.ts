import { Gauge, Histogram, type Registry } from 'prom-client'
import { inTime } from '../util/in-time.ts'

/** Figures of the store of idempotency keys. */
interface StoreFigures {
  readonly records: number
  readonly oldestOpenMs: number | undefined
  readonly unconfirmedRows: number
}

/** Metrics of the store of idempotency keys. */
export interface StoreMetrics {
  /** Observes how long a commit took. */
  observeCommit(ms: number): void
  /** Registers gauges of what the store holds; they are absent while it fails. */
  watchStore(read: () => Promise<StoreFigures>): void
}

/** Registers the metrics of the store. */
export function storeMetrics(registers: Registry[]): StoreMetrics {
  const commits = new Histogram({
    name: 'rowgate_store_commit_milliseconds',
    help: 'How long commits of the store of idempotency keys take, failed ones included.',
    buckets: [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000],
    registers,
  })
  return {
    observeCommit: (ms) => commits.observe(ms),
    watchStore: (read) => watchStore(read, registers),
  }
}

const STORE_GAUGES = {
  rowgate_idempotency_records: ['Requests with an idempotency key that the store has a record of.', ({ records }) => records],
  rowgate_idempotency_oldest_open_seconds: [
    'Age of the oldest record that still has rows without a final outcome; 0 if there is none.',
    ({ oldestOpenMs = 0 }) => oldestOpenMs / 1_000,
  ],
  rowgate_idempotency_unconfirmed_rows: [
    'Rows with a key that may or may not have been written.',
    ({ unconfirmedRows }) => unconfirmedRows,
  ],
} as const satisfies Record<string, readonly [help: string, read: (figures: StoreFigures) => number]>

/** Scrapers usually time out after ten seconds: a store that hangs must not cost all other metrics. */
const STORE_TIMEOUT_MS = 5_000

/** The three gauges share one read. */
function watchStore(read: () => Promise<StoreFigures>, registers: Registry[]): void {
  let reading: Promise<StoreFigures | undefined> | undefined
  const readTogether = () => {
    reading ??= read()
      .catch(() => undefined)
      .finally(() => {
        reading = undefined
      })
    return inTime(reading, STORE_TIMEOUT_MS)
  }
  for (const [name, [help, figure]] of Object.entries(STORE_GAUGES))
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        const figures = await readTogether()
        if (figures === undefined) this.remove()
        else this.set(figure(figures))
      },
    })
}
