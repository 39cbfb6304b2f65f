/** The value of a flag of the command line; undefined where it is not given. */
export function flagOf(flags: readonly string[], name: string): string | undefined {
  const at = flags.indexOf(name)
  return at < 0 ? undefined : flags[at + 1]
}
