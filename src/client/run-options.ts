import type { SendOptions } from './types.ts'

/** Requests under way where nothing is said. */
const PARALLEL = 4
/** Longer ones leave no room for the number of the chunk. */
const KEY = /^[\x20-\x7e]{1,240}$/

/** Options with what holds where nothing is said; throws a `TypeError` where one cannot be meant. */
export function readOptions(options: SendOptions) {
  const { key, dryRun = false, parallel = PARALLEL, maxRejected = Number.POSITIVE_INFINITY } = options
  expect(key === undefined || KEY.test(key), 'key must be 1 to 240 printable ASCII characters')
  expect(Number.isInteger(parallel) && parallel >= 1, 'parallel must be a whole number, 1 or more')
  expect(maxRejected >= 0, 'maxRejected must be a number, 0 or more')
  // A key of its own lets a run repeat what was lost on the way; a dry run leaves nothing to write twice.
  return { ...options, key: dryRun ? null : (key ?? crypto.randomUUID()), dryRun, parallel, maxRejected }
}

function expect(holds: boolean, message: string): void {
  if (!holds) throw new TypeError(message)
}
