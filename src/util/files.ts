import { existsSync, mkdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCode } from './error-code.ts'
import { parseStrictly } from './json-text.ts'

/** Reads a JSON file of at most `maxBytes`; throws an error that says what is wrong with it, and quotes at most the name of a member. */
export async function readSmallJson(file: string, maxBytes: number): Promise<unknown> {
  return parseStrictly(textOf(await readSmallFile(file, maxBytes)))
}

/** Decodes UTF-8 strictly, since replacement characters could make different names equal; a byte order mark is dropped. */
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
    // A bounded read instead of a size check: special files report no size.
    const bytes = Buffer.concat(await Array.fromAsync(handle.createReadStream({ end: maxBytes, autoClose: false })))
    if (bytes.length <= maxBytes) return bytes
  } catch (error) {
    throw new Error(`it cannot be read (${errorCode(error) ?? 'unknown cause'})`)
  }
  throw new Error(`it has more than ${maxBytes} bytes`)
}

/** Creates a folder and its parents, if missing; throws the system's error if it cannot. */
export function makeFolder(folder: string): void {
  // Step by step: with `recursive`, Node loops for ever in places such as /proc, where the parent exists and the call fails with ENOENT.
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  }
}
