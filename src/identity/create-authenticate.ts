import { type Authenticate, authenticateByToken } from '../identity.ts'
import { unusable } from '../util/config-error.ts'
import { createCredentials } from './credentials.ts'
import { authenticateByJwt } from './jwt.ts'
import { createKeySet, createLoadKeys } from './key-set.ts'
import type { IdentityConfig } from './settings.ts'

/** Reports to the operator on the file or URL that a setting names. */
interface IdentityReports {
  unusable(setting: string, cause: unknown): void
  usable(setting: string): void
}

/**
 * Authentication as configured; rejects with a `ConfigError` where a file that it needs cannot be used. What fails later, and
 * recovers, is reported under the setting that names it.
 */
export async function createAuthenticate(config: IdentityConfig, reports: IdentityReports): Promise<Authenticate> {
  if (config.kind === 'token') return authenticateByToken(config.fallbackToken)
  const { keys: source, credentialsFile: file, hasManifest } = config
  const load = createLoadKeys(source)
  const keys = createKeySet(load, config.algorithms, reportsOf('url' in source ? 'JWKS_URL' : 'JWKS_FILE', reports))
  if ('file' in source) await load().catch(unusable('JWKS_FILE'))
  // Not awaited: the gateway starts even while the issuer is down.
  void keys.load()
  const credentials = await createCredentials({ file, hasManifest, ...reportsOf('CREDENTIALS_FILE', reports) }).catch(
    unusable('CREDENTIALS_FILE'),
  )
  return authenticateByJwt({ ...config, keys, credentials })
}

function reportsOf(setting: string, reports: IdentityReports) {
  return { onUnusable: (cause: unknown) => reports.unusable(setting, cause), onUsable: () => reports.usable(setting) }
}
