import type { SendOptions } from './types.ts'

/** Requests under way where nothing is said. */
const PARALLEL = 4
/** Longer ones leave no room for the number of the chunk. */
const KEY = /^[\x20-\x7e]{1,240}$/

/** Options with what holds where nothing is said; throws a `TypeError` where one cannot be meant. */
export function readOptions({ key, dryRun = false, parallel = PARALLEL, ...others }: SendOptions) {
  if (key !== undefined && !KEY.test(key)) throw new TypeError('key: 1-240 printable ASCII characters')
  if (!(parallel >= 1)) throw new TypeError('parallel: a number from 1')
  // A key of its own lets a run repeat what was lost on the way; a dry run leaves nothing to write twice.
  return { ...others, key: dryRun ? null : (key ?? randomKey()), dryRun, parallel }
}

/** Pages that did not come by https have no randomUUID. */
function randomKey(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-')
}
