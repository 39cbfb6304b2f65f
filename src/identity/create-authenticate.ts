import { type Authenticate, authenticateByToken } from '../identity.ts'
import { unusable } from '../util/config-error.ts'
import { createCredentials } from './credentials.ts'
import { authenticateByJwt } from './jwt.ts'
import { createKeySet } from './key-set.ts'
import { createLoadKeys } from './load-keys.ts'
import type { IdentityConfig } from './settings.ts'

/** Told when something that a setting names cannot be used, by the name of the setting. */
export type OnUnusable = (setting: string, cause: unknown) => void

/** Finds out who calls as it is configured; rejects with a `ConfigError` where a file that this needs cannot be used. */
export async function createAuthenticate(config: IdentityConfig, onUnusable: OnUnusable): Promise<Authenticate> {
  if (config.kind === 'token') return authenticateByToken(config.fallbackToken)
  const { keys: source, credentialsFile: file, hasManifest } = config
  const load = createLoadKeys(source)
  const keys = createKeySet(load, (cause) => onUnusable('url' in source ? 'JWKS_URL' : 'JWKS_FILE', cause))
  if ('file' in source) await load().catch(unusable('JWKS_FILE'))
  // Nobody waits for an issuer that is away: a gateway that starts just then is none the worse for it.
  void keys.load()
  const credentials = await createCredentials({ file, hasManifest, onUnusable: (cause) => onUnusable('CREDENTIALS_FILE', cause) }).catch(
    unusable('CREDENTIALS_FILE'),
  )
  return authenticateByJwt({ ...config, keys, credentials })
}
