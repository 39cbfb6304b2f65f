import { parseArgs } from 'node:util'

/** The flags that a trial has of its own, each with what follows it: `N`, one of several words (`a|b`), any word, or nothing. */
export type FlagKinds = Readonly<Record<string, string>>

/** The flags of a command line, by name. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>

/** Reads the flags of a command line; throws where one is unknown, or is followed by something else than it must be. */
export function readFlags(args: readonly string[], kinds: FlagKinds): Flags {
  const options = Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [name, { type: kind === '' ? 'boolean' : 'string' } as const]),
  )
  const { values } = parseArgs({ args: [...args], options })
  for (const [name, kind] of Object.entries(kinds)) {
    const value = values[name]
    if (typeof value === 'string' && !fits(value, kind)) throw new Error(`--${name} must be followed by ${kind}.`)
  }
  return values
}

/** The flags as a line of usage has them. */
export function usageOf(kinds: FlagKinds): string {
  return Object.entries(kinds)
    .map(([name, kind]) => `[--${name}${kind && ` ${kind}`}]`)
    .join(' ')
}

function fits(value: string, kind: string): boolean {
  if (kind === 'N') return /^[1-9]\d*$/.test(value)
  return !kind.includes('|') || kind.split('|').includes(value)
}
