import { readFileSync } from 'node:fs'

/** Microseconds of a process for one thing: without a key, and with one in each store. */
export interface PerStore {
  readonly plain: number
  readonly sqlite: number
  readonly postgres: number
}

/** The gateway after so many tenants have sent something: what is resident, and what lives on its heap and beside it. */
export interface MemoryPoint {
  readonly tenants: number
  readonly residentMiB: number
  readonly liveMiB: number
}

/** Many callers of all kinds at once, and the CPU time that they took together. */
export interface MixedPoint {
  /** Mutations of 500 rows with a key, of one row without, and of one row with a key. */
  readonly bulk: number
  readonly plain: number
  readonly keyed: number
  readonly gatewayMicros: number
  readonly storeMicros: number
}

/** What `npm run bench -- capacity` has measured, on one machine. */
export interface Measured {
  readonly at: string
  readonly command: string
  readonly machine: Readonly<Record<string, string | number>>
  /** CPU of the gateway for a row, in mutations of 500. */
  readonly rowMicros: PerStore
  /** CPU of the gateway for a mutation of one row. */
  readonly mutationMicros: PerStore
  /** CPU of all processes of PostgreSQL, and what is written, for one mutation with a key. */
  readonly postgres: {
    readonly bulkMicros: number
    readonly keyedMicros: number
    /** For a second in which a tenant has sent something, with a key or without. */
    readonly tenantSecondMicros: number
    readonly logBytes: number
    readonly commits: number
    /** As many as one gateway sent and the machine took; wall time, so it means little where others work. */
    readonly keyedPerSecond: number
  }
  readonly memory: readonly MemoryPoint[]
  /** Bytes at rest for a key of one row, and for one of 500. */
  readonly storedBytes: Readonly<Record<'sqlite' | 'postgres', { readonly one: number; readonly many: number }>>
  readonly mixed: readonly MixedPoint[]
}

/** Where the last measurement is kept. */
export const MEASURED_FILE = new URL('measured.json', import.meta.url)

/** The last measurement. */
export function readMeasured(): Measured {
  return JSON.parse(readFileSync(MEASURED_FILE, 'utf8')) as Measured
}
