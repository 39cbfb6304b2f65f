import { randomUUID } from 'node:crypto'

// The first 24 letters of a UUID; the twelve hexadecimal digits that are left last for years at any rate.
const PREFIX_LENGTH = 24
const DIGITS = 12

/** Makes ids in the form of UUIDs: chance tells processes apart, counting the requests of one, which costs less than a draw for each. */
export function createRequestIds(): () => string {
  const prefix = randomUUID().slice(0, PREFIX_LENGTH)
  let count = 0
  return () => prefix + (count++).toString(16).padStart(DIGITS, '0')
}
