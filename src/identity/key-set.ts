import { createLocalJWKSet, errors, type JWTVerifyGetKey, type LocalJWKSet } from 'jose'
import { GatewayError } from '../errors.ts'
import type { LoadKeys } from './load-keys.ts'

/** The issuer's public keys as they were loaded last. */
export interface KeySet {
  /** The key that a JWT says it is signed by; throws where there is none, and `IDENTITY_UNAVAILABLE` where that cannot be known. */
  readonly find: JWTVerifyGetKey
  /** Loads them now; resolves whether or not that succeeds. */
  load(): Promise<void>
  /** When they were loaded last. */
  loadedAt(): number
  /** Loads them anew for a JWT that none of them has signed, unless that was done just now; throws `IDENTITY_UNAVAILABLE` where they cannot be had. */
  renew(): Promise<void>
}

/** After so long they are loaded anew, while those that are there are used. */
const MAX_AGE_MS = 600_000
/** After so long without being loaded they are not believed any more. */
const MAX_STALE_MS = 3_600_000
/** A key that is not known makes them be loaded anew, but not sooner than so long after the last time. */
const COOLDOWN_MS = 30_000
/** The same where the last time has failed. */
const RETRY_MS = 5_000

/** Keys that rotate; of a series of failures to load them the first is told to `onUnusable`. */
export function createKeySet(load: LoadKeys, onUnusable: (cause: unknown) => void): KeySet {
  let keys: LocalJWKSet | undefined
  let loadedAt = Number.NEGATIVE_INFINITY
  let triedAt = Number.NEGATIVE_INFINITY
  let hasFailed = false
  let loading: Promise<void> | undefined

  async function attempt(): Promise<void> {
    try {
      keys = createLocalJWKSet(await load())
      loadedAt = Date.now()
      hasFailed = false
    } catch (error) {
      if (!hasFailed) onUnusable(error)
      hasFailed = true
    } finally {
      triedAt = Date.now()
      loading = undefined
    }
  }

  function loadOnce(): Promise<void> {
    loading ??= attempt()
    return loading
  }

  /** Whoever needs another key waits for a loading that is under way, and begins one unless that was done just now. */
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

/** How long ago that was; a clock that was set back must not keep the keys from being loaded. */
function ageOf(at: number): number {
  return Math.abs(Date.now() - at)
}

function unavailable(): GatewayError {
  return new GatewayError('IDENTITY_UNAVAILABLE', 'The keys that JWTs are checked by cannot be had at present. Nothing was executed.')
}
