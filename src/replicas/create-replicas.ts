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

interface ReplicasOptions extends Omit<PresenceOptions, 'keeper'> {
  readonly schema: SchemaPort
  readonly schemaMaxAgeMs: number
  readonly solutions: readonly Solution[]
  readonly recentRejections: number
  /** Called each time that notes could not be written or read. */
  readonly onNotesFailed: (error: unknown) => void
}

/** Data quality, learnt solutions and the schema cache, kept in step with other replicas by notes in the store. */
export function createReplicas({ schema, schemaMaxAgeMs, solutions, recentRejections, ...options }: ReplicasOptions) {
  const keeper = createNoteKeeper(options.notes, options.onNotesFailed)
  watchPresence({ ...options, keeper })
  const taken = createTakenTokens()
  const ledger = createLedger(taken)
  const rejections = createRejections(recentRejections, taken)
  for (const listen of [taken.note, ledger.record, rejections.record]) options.events.on('mutation:settled', listen)
  return {
    ledger: createSharedQuality({ notes: options.notes, keeper, ledger, writer: randomUUID() }),
    /** In memory only: they hold keys of rows. */
    rejections,
    schemaCache: shareSchemas(createSchemaCache(schema, schemaMaxAgeMs), keeper),
    directory: shareSolutions(createSolutionDirectory(solutions), keeper),
    /** Reads the stored notes, or goes on without them where the store fails or is slow. */
    start: keeper.start,
    /** Writes the remaining notes. */
    close: keeper.close,
  }
}
