import { createLocalJWKSet, errors, type JSONWebKeySet, type JWK, type JWTVerifyGetKey, type LocalJWKSet } from 'jose'
import { GatewayError } from '../errors.ts'
import { readSmallJson } from '../util/files.ts'

/** The issuer's public keys, cached. */
export interface KeySet {
  /** The key that a JWT names; throws where there is none, and `IDENTITY_UNAVAILABLE` where the keys cannot be loaded. */
  readonly find: JWTVerifyGetKey
  /** Loads the keys now; resolves whether or not that succeeds. */
  load(): Promise<void>
  /** When they were loaded last. */
  loadedAt(): number
  /** Reloads the keys for a JWT that none of them has signed, unless they were loaded just now; throws `IDENTITY_UNAVAILABLE` where that fails. */
  renew(): Promise<void>
}

/** After this time the keys are reloaded in the background. */
const MAX_AGE_MS = 600_000
/** After this time without a successful load the keys are no longer trusted. */
const MAX_STALE_MS = 3_600_000
/** An unknown key triggers a reload, but no sooner than this after the last load. */
const COOLDOWN_MS = 30_000
/** The same after a failed load. */
const RETRY_MS = 5_000

interface KeySetReports {
  readonly onUnusable: (cause: unknown) => void
  readonly onUsable: () => void
}

/**
 * A set of rotating keys; the first of a series of failed loads is passed to `onUnusable`, and its end reported by `onUsable`. Keys none of
 * which is for these algorithms count as a failure, and yet replace those before, which may have been withdrawn.
 */
export function createKeySet(load: LoadKeys, algorithms: readonly string[], { onUnusable, onUsable }: KeySetReports): KeySet {
  let keys: LocalJWKSet | undefined
  let loadedAt = Number.NEGATIVE_INFINITY
  let triedAt = Number.NEGATIVE_INFINITY
  let hasFailed = false
  let loading: Promise<void> | undefined

  async function attempt(): Promise<void> {
    try {
      const loaded = await load()
      keys = createLocalJWKSet(loaded)
      loadedAt = Date.now()
      checkFit(loaded, algorithms)
      if (hasFailed) onUsable()
      hasFailed = false
    } catch (error) {
      if (!hasFailed) onUnusable(error)
      hasFailed = true
    } finally {
      triedAt = Date.now()
      loading = undefined
    }
  }

  const loadOnce = () => (loading ??= attempt())

  /** Waits for the load under way, or starts one unless the last was just now. */
  async function loadUnlessCooling(): Promise<void> {
    if (loading !== undefined || ageOf(triedAt) >= (hasFailed ? RETRY_MS : COOLDOWN_MS)) await loadOnce()
  }

  async function usableKeys(): Promise<LocalJWKSet> {
    const age = ageOf(loadedAt)
    if (age > MAX_STALE_MS) await loadUnlessCooling()
    else if (age > MAX_AGE_MS) void loadUnlessCooling()
    if (keys === undefined || ageOf(loadedAt) > MAX_STALE_MS) throw unavailable()
    return keys
  }

  async function renew(): Promise<void> {
    await loadUnlessCooling()
    if (hasFailed) throw unavailable()
  }

  return {
    load: loadOnce,
    loadedAt: () => loadedAt,
    renew,
    async find(header, token) {
      const known = await usableKeys()
      try {
        return await known(header, token)
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
        await renew()
        return await (await usableKeys())(header, token)
      }
    },
  }
}

const KEY_TYPES: Readonly<Record<string, string>> = { RS: 'RSA', PS: 'RSA', ES: 'EC', Ed: 'OKP' }

function checkFit({ keys }: JSONWebKeySet, algorithms: readonly string[]): void {
  if (!keys.some((key) => canVerify(key, algorithms)))
    throw new Error('none of its keys fits JWT_ALGORITHMS, so JWTs are declined until one does')
}

/** The digits, in base64url, of a modulus of 2,048 bits: no shorter RSA key is used. */
const MODULUS_DIGITS = 342

function canVerify({ kty, alg, use = 'sig', d, n = '' }: JWK, algorithms: readonly string[]): boolean {
  if (kty === 'RSA' && n.length < MODULUS_DIGITS) return false
  return use === 'sig' && d === undefined && algorithms.some((name) => KEY_TYPES[name.slice(0, 2)] === kty && (alg ?? name) === name)
}

/** How long ago a time was; clocks may be set back. */
function ageOf(at: number): number {
  return Math.abs(Date.now() - at)
}

function unavailable(): GatewayError {
  return new GatewayError('IDENTITY_UNAVAILABLE', 'The keys for checking JWTs cannot be loaded right now. Nothing was executed.')
}

/** Loads the issuer's public keys; rejects with a message for the operator. */
type LoadKeys = () => Promise<JSONWebKeySet>

const TIMEOUT_MS = 3_000
const MAX_BYTES = 256 * 1_024
/** Bounded, since a JWT that names no key is tried with all of them. */
const MAX_KEYS = 100

/** Loads a key set from a URL or a file, within bounds on size and time that any real issuer meets. */
export function createLoadKeys(source: { readonly url: URL } | { readonly file: string }): LoadKeys {
  const read = 'url' in source ? () => download(source.url) : () => readSmallJson(source.file, MAX_BYTES)
  return async () => checkKeys(await read())
}

function checkKeys(set: unknown): JSONWebKeySet {
  const keys = typeof set === 'object' && set !== null && 'keys' in set ? set.keys : undefined
  const isList = Array.isArray(keys) && keys.every((key) => typeof key === 'object' && key !== null && !Array.isArray(key))
  if (!isList) throw new Error('it is not a JSON Web Key Set: it has no list of keys')
  if (keys.length > MAX_KEYS) throw new Error(`it has more than ${MAX_KEYS} keys`)
  return { keys }
}

async function download(url: URL): Promise<unknown> {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const text = await readText(url, signal).catch((error: unknown) => {
    if (signal.aborted) throw new Error(`it was not answered within ${TIMEOUT_MS} ms`)
    // The message of a TypeError from `fetch` says no more than this.
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
  // Drops a byte order mark.
  return new TextDecoder().decode(Buffer.concat(chunks))
}
