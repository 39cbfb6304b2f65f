/** Settings, or files that they name, that cannot be used; the message has a line for each problem, and never a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** A handler for `catch` that turns an error into a `ConfigError` about a setting. */
export function unusable(setting: string): (error: unknown) => never {
  return (error) => {
    throw new ConfigError(`${setting}: ${error instanceof Error ? error.message : 'it cannot be used'}`)
  }
}
