import { createRequire } from 'node:module'
import { afterAll } from 'vitest'

/** What undici lets tests do with the one timer that all its connections share. */
const connectionTimers: { reset(): void } = createRequire(import.meta.url)('undici/lib/util/timers.js')

// Made while a file has a clock of its own, it would stand still with that clock: no later file of the process would see a time limit of
// undici's.
afterAll(() => connectionTimers.reset())
