/** Settings, or files they name, that cannot be used; the message lists every complaint, one on each line, and echoes no value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** For a `catch`: the same of whatever went wrong with what a setting says. */
export function unusable(setting: string): (error: unknown) => never {
  return (error) => {
    throw new ConfigError(`${setting}: ${error instanceof Error ? error.message : 'it cannot be used'}`)
  }
}
