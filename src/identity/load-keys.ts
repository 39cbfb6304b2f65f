import type { JSONWebKeySet } from 'jose'
import { readSmallJson } from '../util/small-file.ts'

/** Loads the public keys of the issuer; rejects with a message for the operator where they cannot be had or used. */
export type LoadKeys = () => Promise<JSONWebKeySet>

const TIMEOUT_MS = 3_000
const MAX_BYTES = 256 * 1_024
/** Each is compared with every JWT that is not known yet. */
const MAX_KEYS = 100

/** Loads a set of keys from where it is published, or from a file; neither may be larger or slower than any issuer's is. */
export function createLoadKeys(source: { readonly url: URL } | { readonly file: string }): LoadKeys {
  const read = 'url' in source ? () => download(source.url) : () => readSmallJson(source.file, MAX_BYTES)
  return async () => checkKeys(await read())
}

function checkKeys(set: unknown): JSONWebKeySet {
  const keys = typeof set === 'object' && set !== null && 'keys' in set ? set.keys : undefined
  if (!Array.isArray(keys)) throw new Error('it is no JSON Web Key Set: it has no list of keys')
  if (keys.length > MAX_KEYS) throw new Error(`it has more than ${MAX_KEYS} keys`)
  return { keys }
}

async function download(url: URL): Promise<unknown> {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const text = await readText(url, signal).catch((error: unknown) => {
    if (signal.aborted) throw new Error(`it was not answered within ${TIMEOUT_MS} ms`)
    // What fetch says beyond that names the host at most.
    throw error instanceof TypeError ? new Error('it could not be reached') : error
  })
  try {
    return JSON.parse(text)
  } catch {
    throw new Error('it is not JSON')
  }
}

async function readText(url: URL, signal: AbortSignal): Promise<string> {
  const { status, body } = await fetch(url, {
    signal,
    redirect: 'manual',
    headers: { accept: 'application/jwk-set+json, application/json' },
  })
  if (status !== 200) {
    await body?.cancel()
    throw new Error(`it was answered with the status ${status}`)
  }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.byteLength
    // Leaving the loop ends the download.
    if (length > MAX_BYTES) throw new Error(`it has more than ${MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
