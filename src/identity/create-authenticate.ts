import { type Authenticate, authenticateByToken } from '../identity.ts'
import { unusable } from '../util/config-error.ts'
import { createCredentials } from './credentials.ts'
import { authenticateByJwt } from './jwt.ts'
import { createKeySet, createLoadKeys } from './key-set.ts'
import type { IdentityConfig } from './settings.ts'

/** What the operator is told of what a setting names. */
interface IdentityReports {
  unusable(setting: string, cause: unknown): void
  usable(setting: string): void
}

/**
 * Finds out who calls as it is configured; rejects with a `ConfigError` where a file that this needs cannot be used. What cannot be
 * used later, and what can be again, is reported by the setting that names it.
 */
export async function createAuthenticate(config: IdentityConfig, reports: IdentityReports): Promise<Authenticate> {
  if (config.kind === 'token') return authenticateByToken(config.fallbackToken)
  const { keys: source, credentialsFile: file, hasManifest } = config
  const load = createLoadKeys(source)
  const keys = createKeySet(load, ...reportsOf('url' in source ? 'JWKS_URL' : 'JWKS_FILE', reports))
  if ('file' in source) await load().catch(unusable('JWKS_FILE'))
  // Nobody waits for an issuer that is away: a gateway that starts just then is none the worse for it.
  void keys.load()
  const [onUnusable, onUsable] = reportsOf('CREDENTIALS_FILE', reports)
  const credentials = await createCredentials({ file, hasManifest, onUnusable, onUsable }).catch(unusable('CREDENTIALS_FILE'))
  return authenticateByJwt({ ...config, keys, credentials })
}

function reportsOf(setting: string, reports: IdentityReports) {
  return [(cause: unknown) => reports.unusable(setting, cause), () => reports.usable(setting)] as const
}
