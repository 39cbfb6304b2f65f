import { readFileSync } from 'node:fs'

/** Descriptors that are needed beside those of callers: 256 for requests to the upstream, some sixty for files, the store and threads. */
const OWN = 320

/**
 * How many file descriptors this process may have, and how many so many connections need, where these are more: then the system closes
 * connections before anybody sees them, and none to the upstream can be opened.
 */
export function missingDescriptors(maxConnections: number): { readonly limit: number; readonly needed: number } | undefined {
  const limit = descriptorLimit()
  const needed = maxConnections + OWN
  return limit < needed ? { limit, needed } : undefined
}

/** Infinite where the system does not tell: `process.report` would on other systems too, but takes a hundred times as long. */
function descriptorLimit(): number {
  try {
    return Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1] ?? Number.POSITIVE_INFINITY)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
