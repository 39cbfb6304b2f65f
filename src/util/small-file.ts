import { open } from 'node:fs/promises'
import { errorCode } from './error-code.ts'

/** Reads what a JSON file of at most so many bytes says; throws an error whose message says what is wrong with the file, and quotes nothing of it. */
export async function readSmallJson(file: string, maxBytes: number): Promise<unknown> {
  const text = await readSmallText(file, maxBytes)
  try {
    return JSON.parse(text)
  } catch {
    throw new Error('it is not JSON')
  }
}

async function readSmallText(file: string, maxBytes: number): Promise<string> {
  try {
    await using handle = await open(file)
    const { size } = await handle.stat()
    if (size <= maxBytes) return await handle.readFile('utf8')
  } catch (error) {
    throw new Error(`it cannot be read (${errorCode(error) ?? 'unknown cause'})`)
  }
  throw new Error(`it has more than ${maxBytes} bytes`)
}
