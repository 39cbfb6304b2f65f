import { type FakeUpstream, startFakeUpstream } from './fake-upstream.ts'

/** Variables of a mutation of rows, as the client sends them, and the token that came with them. */
export interface SentRows {
  readonly rows: readonly Record<string, unknown>[]
  readonly key: string | null
  readonly token: string | undefined
}

/** What a mutation comes to: its payload, or an error with its extensions. */
export type FakePayload = Record<string, unknown> | { readonly declined: Record<string, unknown>; readonly status?: number }

const FACTS = {
  limits: { rowsPerMutation: 20_000, bytesPerBody: 33_554_432, idempotencyRetentionSeconds: 60 },
  resources: [{ primaryKey: ['productId', 'updatedAt'], columns: [] }],
}

/** A gateway of any manners: tells of itself what a true one does, and answers mutations as told. */
export async function startFakeGateway(
  reply: (sent: SentRows, nth: number) => FakePayload | Promise<FakePayload>,
): Promise<FakeUpstream & { readonly sent: readonly SentRows[] }> {
  const sent: SentRows[] = []
  const server = await startFakeUpstream(async ({ text, headers }) => {
    const { query, variables }: { query: string; variables: SentRows } = JSON.parse(text)
    if (!query.startsWith('mutation')) return { status: 200, body: { data: FACTS } }
    const request = { rows: variables.rows, key: variables.key, token: headers.authorization }
    sent.push(request)
    const answer = await reply(request, sent.length - 1)
    if (!('declined' in answer)) return { status: 200, body: { data: { payload: answer } } }
    return { status: Number(answer.status ?? 200), body: { errors: [{ message: 'declined', extensions: answer.declined }] } }
  })
  return { ...server, sent }
}

/** The payload of rows that were all accepted, but for what is changed. */
export function allAccepted({ rows }: SentRows, changes: Record<string, unknown> = {}): FakePayload {
  const none = { rejectedCount: 0, unconfirmedCount: 0, replayedCount: 0, retryableCount: 0, retryAfterMs: null }
  return { acceptedCount: rows.length, ...none, warnings: [], rows: [], ...changes }
}

/** The payload of rows that were all rejected with one code. */
export function allRejected({ rows }: SentRows, code: string, retryable = false): FakePayload {
  const issue = { code, field: null, column: null, message: code, hint: null, upstreamCode: null }
  return {
    ...allAccepted({ rows, key: null, token: undefined }),
    acceptedCount: 0,
    rejectedCount: rows.length,
    ...(retryable && { retryableCount: rows.length, retryAfterMs: 1 }),
    rows: rows.map((_, index) => ({ index, retryable, issues: [issue] })),
  }
}
