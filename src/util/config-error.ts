/** Settings, or files they name, that cannot be used; the message lists every complaint, one on each line, and echoes no value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}
