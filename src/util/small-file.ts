import { open } from 'node:fs/promises'

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
    throw new Error(`it cannot be read (${codeOf(error)})`)
  }
  throw new Error(`it has more than ${maxBytes} bytes`)
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown cause'
}
