import { type Authenticate, authenticateByToken } from '../identity.ts'
import { unusable } from '../util/config-error.ts'
import { createCredentials } from './credentials.ts'
import { authenticateByJwt } from './jwt.ts'
import { createKeySet, createLoadKeys } from './key-set.ts'
import type { IdentityConfig } from './settings.ts'

/**
 * Finds out who calls as it is configured; rejects with a `ConfigError` where a file that this needs cannot be used. What cannot be
 * used later is told to `onUnusable`, by the setting that names it.
 */
export async function createAuthenticate(
  config: IdentityConfig,
  onUnusable: (setting: string, cause: unknown) => void,
): Promise<Authenticate> {
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
