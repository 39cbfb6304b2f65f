import { SANDBOX_TOKEN } from '../../src/sandbox/choices.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import { createRequestLog } from '../../src/sandbox/request-log.ts'
import type { Sandbox, WorkerOptions } from '../../src/sandbox/sandbox.ts'
import { createSandboxServer } from '../../src/sandbox/server.ts'
import { openStore, type StoredRow } from '../../src/sandbox/store.ts'
import { listening } from './listening.ts'

/** The same sandbox without a thread of its own, which takes longer to start than most tests to run. */
export async function startSandboxHere(options: WorkerOptions): Promise<Sandbox> {
  const store = openStore(options.file)
  const faults: Fault[] = []
  const log = createRequestLog(options.keepRequests)
  const server = createSandboxServer({ ...options, store, faults, log })
  const listened = await listening(server, options.port)
  const url = new URL(listened.url)
  return {
    url,
    fault: async (fault) => void faults.push(fault),
    slowDown: async (ms) => log.slowDown(ms),
    // A copy, as from a thread: what arrives later is not in it.
    requests: async (token) => [...log.requests(token)],
    mostAtOnce: async () => log.mostAtOnce(),
    rows: async (object, token = SANDBOX_TOKEN) => {
      const response = await fetch(new URL(`/sandbox/objects/${object}/rows`, url), { headers: { authorization: token } })
      return (await response.json()) as StoredRow[]
    },
    async close() {
      await listened.close()
      store.close()
    },
  }
}
