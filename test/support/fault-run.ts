import { startFaultServer } from './fault-server.ts'
import { type Gateway, type RowAnswer, startGateway } from './gateway.ts'
import type { Run, Write } from './laws.ts'
import { type Chance, createChance } from './random.ts'
import { product } from './rows.ts'
import type { SocketFault } from './socket-faults.ts'

export interface FaultRunOptions {
  readonly seed: number
  readonly rows: number
  readonly faults: readonly SocketFault[]
  readonly troubled: number
  readonly maxRowsPerMutation: number
  /** Told how many rows have been answered for. */
  readonly onProgress?: (rows: number) => void
}

const CLIENTS = 12
const ATTEMPT_MS = 300
const TOKENS = ['token-of-the-first-tenant', 'token-of-the-second-tenant']
const STATUSES = { AcceptedRow: 'ACCEPTED', RejectedRow: 'REJECTED', UnconfirmedRow: 'UNCONFIRMED' } as const

/** Sends rows through a gateway to an upstream that misbehaves over real sockets, and returns all that was sent, said and applied. */
export async function runFaults(options: FaultRunOptions): Promise<Run & { close(): Promise<void> }> {
  const chance = createChance(options.seed)
  const upstream = await startFaultServer({ ...options, chance })
  const gateway = await startGateway({
    INGESTION_URL: upstream.url,
    ATTEMPT_TIMEOUT_MS: String(ATTEMPT_MS),
    REQUESTS_PER_SECOND: '1000000',
    MAX_QUEUED_ROWS: '1000000',
    APPEND_BISECT: 'on',
    LOG_LEVEL: 'trace',
  })
  const writes: Write[] = []
  const durations: number[] = []
  const defects: string[] = []
  let left = options.rows
  const client = async (name: number) => {
    for (let nth = 0; left > 0; nth++) {
      const rows = drawRows(chance, name, nth, Math.min(left, chance.between(1, options.maxRowsPerMutation)))
      left -= rows.length
      const token = TOKENS[name % 2] as string
      const operation = chance.pick(['UPSERT', 'UPSERT', 'APPEND'] as const)
      const began = performance.now()
      const answer = await send(gateway, operation, rows, token)
      durations.push(performance.now() - began)
      defects.push(...faultsOfAnswer(rows, answer))
      rows.forEach(({ productId, sourceId }, at) => {
        const outcome = { status: STATUSES[answer[at]?.__typename ?? 'UnconfirmedRow'] } as Write['outcome']
        writes.push({ id: sourceId, key: productId, tenantId: token, operation, outcome })
      })
      options.onProgress?.(writes.length)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, (_, name) => client(name)))
  defects.push(...gateway.logged.filter((line) => /token-of|defect|W\d+\.\d/.test(line)))
  const settings = { requestsPerSecond: 1_000_000, concurrency: 8, maxBatchRows: 500, executionTimeoutMs: 30_000 }
  const close = async () => void (await Promise.all([upstream.close(), gateway.close()]))
  return { seed: options.seed, settings, upstream, writes, durations, defects, close }
}

interface SentRow extends Record<string, unknown> {
  readonly productId: string
  readonly sourceId: string
}

/** Each client has keys of its own and sends one mutation after the other, so that the order of the writes of a key is known. */
function drawRows(chance: Chance, client: number, nth: number, count: number): SentRow[] {
  const keys = Math.max(5, count * 2)
  return Array.from({ length: count }, (_, at) => {
    const kind = chance.percent(3) ? 'BAD' : chance.percent(0.2) ? 'SPOILS' : 'K'
    return product(`${kind}${client}-${chance.between(1, keys)}`, { sourceId: `W${client}.${nth}.${at}` }) as SentRow
  })
}

async function send(
  gateway: Gateway,
  operation: 'UPSERT' | 'APPEND',
  rows: readonly SentRow[],
  token: string,
): Promise<readonly RowAnswer[]> {
  return (await gateway.ingest(`${operation.toLowerCase()}Products`, rows, { token })).rows
}

/** What is wrong with an answer in itself: rows that are not answered in place, or words that echo what was sent. */
function faultsOfAnswer(rows: readonly SentRow[], answer: readonly RowAnswer[]): string[] {
  const misplaced = rows.filter(({ productId }, at) => answer[at]?.index !== at || answer[at]?.key.productId !== productId)
  const words = JSON.stringify(answer.map(({ issues }) => issues ?? []))
  return [
    ...(answer.length === rows.length ? [] : ['the answer has another number of rows']),
    ...misplaced.map(({ sourceId }) => `${sourceId} is not answered in its place`),
    ...(/token-of|W\d+\.\d/.test(words) ? ['the answer echoes a value'] : []),
  ]
}
