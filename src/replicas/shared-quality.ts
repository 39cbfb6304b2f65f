import { isAskedFor, type Ledger, type ReadLedger } from '../quality/ledger.ts'
import type { Minute } from '../quality/minutes.ts'
import { type MinuteBody, readMinute } from './note-bodies.ts'
import type { NoteKeeper } from './note-keeper.ts'
import type { Note, NoteStore, StoredNote } from './note-store.ts'

interface SharedQualityOptions {
  readonly ledger: Ledger
  readonly notes: NoteStore
  readonly keeper: NoteKeeper
  /** An id of this process, never used before. */
  readonly writer: string
}

/**
 * The ledger of this process together with what others, and earlier processes, have written. Each process writes its own minutes
 * as a whole, so that writing one twice does no harm; not for tenants whose token the upstream has not accepted.
 */
export function createSharedQuality({ ledger, notes, keeper, writer }: SharedQualityOptions): ReadLedger {
  keeper.collect(() => ledger.takeChanged().map(([minute, tenantId]) => noteOf(minute, tenantId, writer)))
  return {
    async minutes(query) {
      const own = ledger.minutes(query)
      const stored = await notes.ofTenant('minute', query.tenantId).catch((): StoredNote[] => [])
      const others = stored.filter((note) => note.writer !== writer).flatMap(({ body }) => readMinute(body) ?? [])
      return [...others.filter((body) => isAskedFor(body, query)).map(minuteOf), ...own]
    },
  }
}

function noteOf({ solution, resource, start, mutations, rows, issues }: Minute, tenantId: string, writer: string): Note {
  const body: MinuteBody = { solution, resource, start, mutations, rows, issues: [...issues.values()] }
  return { kind: 'minute', tenantId, name: `${start} ${resource} ${solution}`, writer, body: JSON.stringify(body) }
}

function minuteOf({ issues, ...body }: MinuteBody): Minute {
  return { ...body, issues: new Map(issues.map((issue) => [`${issue.code} ${issue.field ?? ''}`, issue])) }
}
