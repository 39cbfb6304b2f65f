import type { Events } from '../ingest/events.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { createRejections, type Rejections } from './rejections.ts'
import { createTakenTokens, type TakenTokens } from './taken-tokens.ts'

/** What became of rows: counted by the minute, and the last so many rejected ones of each tenant; listens to mutations from now on. */
export function createQuality(
  events: Events,
  recentRejections: number,
): { readonly taken: TakenTokens; readonly ledger: Ledger; readonly rejections: Rejections } {
  const takenTokens = createTakenTokens()
  const ledger = createLedger(takenTokens)
  const rejections = createRejections(recentRejections, takenTokens)
  for (const listen of [takenTokens.note, ledger.record, rejections.record]) events.on('mutation:settled', ({ result }) => listen(result))
  return { taken: takenTokens, ledger, rejections }
}
