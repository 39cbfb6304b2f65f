import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { errorCode } from './error-code.ts'

/** Makes a folder and those above it, where they are not there yet; throws what the system says where it cannot. */
export function makeFolder(folder: string): void {
  // Step by step: with `recursive` Node tries for ever where the system says, as in /proc, that a folder in one that is there has no place.
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  }
}
