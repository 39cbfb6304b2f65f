import { randomUUID } from 'node:crypto'
import { createSchemaCache } from '../lifecycle/schema-cache.ts'
import type { SchemaPort } from '../lifecycle/schema-port.ts'
import { createSolutionDirectory } from '../lifecycle/solution-directory.ts'
import { createLedger } from '../quality/ledger.ts'
import { createRejections } from '../quality/rejections.ts'
import { createTakenTokens } from '../quality/taken-tokens.ts'
import type { Solution } from '../resource/module.ts'
import { createNoteKeeper } from './note-keeper.ts'
import { type PresenceOptions, watchPresence } from './presence.ts'
import { createSharedQuality } from './shared-quality.ts'
import { shareSchemas, shareSolutions } from './shared-schemas.ts'

export interface ReplicasOptions extends Omit<PresenceOptions, 'keeper'> {
  readonly schema: SchemaPort
  readonly schemaMaxAgeMs: number
  readonly solutions: readonly Solution[]
  readonly recentRejections: number
  /** Told of each time that notes could not be written or read. */
  readonly onNotesFailed: (error: unknown) => void
}

/** Data quality, learnt solutions and the cache of schemas, over a store of notes that other replicas may share. */
export function createReplicas({ schema, schemaMaxAgeMs, solutions, recentRejections, ...options }: ReplicasOptions) {
  const keeper = createNoteKeeper(options.notes, options.onNotesFailed)
  watchPresence({ ...options, keeper })
  const taken = createTakenTokens()
  const ledger = createLedger(taken)
  const rejections = createRejections(recentRejections, taken)
  for (const listen of [taken.note, ledger.record, rejections.record]) options.events.on('mutation:settled', listen)
  return {
    ledger: createSharedQuality({ notes: options.notes, keeper, ledger, writer: randomUUID() }),
    /** Kept in memory only: they have keys of rows. */
    rejections,
    schemaCache: shareSchemas(createSchemaCache(schema, schemaMaxAgeMs), keeper),
    directory: shareSolutions(createSolutionDirectory(solutions), keeper),
    /** Begins, and reads what is there, or goes on without it where the store fails or is slow. */
    start: keeper.start,
    /** Writes what is left. */
    close: keeper.close,
  }
}
