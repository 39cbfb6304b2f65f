import { type Call, startUpstream } from './upstream.ts'

/** A request as an upstream with a rate of its own has seen it. */
export interface Seen {
  readonly at: number
  readonly tenant: string
  /** The path that it came by, which is that of one replica. */
  readonly replica: string
  readonly isTaken: boolean
}

/** An upstream that takes so many requests of a tenant in any one second and answers 429 to the others; what it has seen is kept. */
export interface RatedUpstream {
  readonly url: string
  readonly seen: readonly Seen[]
  /** How often each row was written, by its key, of APPENDs. */
  readonly appended: ReadonlyMap<string, number>
  /** Keys that were written once at least. */
  readonly written: ReadonlySet<string>
  /** When a key was under way from two replicas at once. */
  readonly overlaps: readonly number[]
  close(): void
}

const SECOND_MS = 1_000

/** Answers each request after so many milliseconds. */
export async function startRatedUpstream(perSecond: number, takesMs: number): Promise<RatedUpstream> {
  const seen: Seen[] = []
  const taken = new Map<string, number[]>()
  const appended = new Map<string, number>()
  const written = new Set<string>()
  const underWay = new Map<string, string>()
  const overlaps: number[] = []

  function takes(tenant: string, at: number): boolean {
    const times = taken.get(tenant) ?? []
    taken.set(tenant, times)
    while (times[0] !== undefined && times[0] <= at - SECOND_MS) times.shift()
    if (times.length >= perSecond) return false
    times.push(at)
    return true
  }

  function write(text: string, tenant: string, replica: string): () => void {
    const isAppend = text.includes('"operationType":"APPEND"')
    const keys = [...text.matchAll(/"product_id":"([^"]*)"/g)].map(([, key]) => `${tenant} ${key}`)
    for (const key of keys) {
      if ((underWay.get(key) ?? replica) !== replica) overlaps.push(performance.now())
      underWay.set(key, replica)
      written.add(key)
      if (isAppend) appended.set(key, (appended.get(key) ?? 0) + 1)
    }
    return () => {
      for (const key of keys) underWay.delete(key)
    }
  }

  const { url, close } = await startUpstream(({ request, response, text }: Call) => {
    const at = performance.now()
    const tenant = String(request.headers.authorization)
    const replica = request.url?.split('/')[1] ?? ''
    const isTaken = takes(tenant, at)
    seen.push({ at, tenant, replica, isTaken })
    if (!isTaken) return void response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '1' }).end('{"message":"later"}')
    const done = write(text(), tenant, replica)
    setTimeout(() => {
      done()
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"message":"taken"}')
    }, takesMs)
  })
  return { url, seen, appended, written, overlaps, close }
}
