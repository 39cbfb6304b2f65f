import { existsSync, mkdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCode } from './error-code.ts'
import { parseStrictly } from './json-text.ts'

/** Reads what a JSON file of at most so many bytes says; throws an error whose message says what is wrong with the file, and quotes the name of a member at most. */
export async function readSmallJson(file: string, maxBytes: number): Promise<unknown> {
  return parseStrictly(textOf(await readSmallFile(file, maxBytes)))
}

/** A byte order mark is left out, as editors put it there; what is not UTF-8 would make one name of several. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Error('it is not UTF-8')
  }
}

async function readSmallFile(file: string, maxBytes: number): Promise<Uint8Array> {
  try {
    await using handle = await open(file)
    // Read no further than that: what is no plain file has no size.
    const bytes = Buffer.concat(await Array.fromAsync(handle.createReadStream({ end: maxBytes, autoClose: false })))
    if (bytes.length <= maxBytes) return bytes
  } catch (error) {
    throw new Error(`it cannot be read (${errorCode(error) ?? 'unknown cause'})`)
  }
  throw new Error(`it has more than ${maxBytes} bytes`)
}

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
