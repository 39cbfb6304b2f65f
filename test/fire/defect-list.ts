import { BESIDE_DEFECTS } from './defects/beside.ts'
import type { Defect } from './defects/defect.ts'
import { DOOR_DEFECTS } from './defects/door.ts'
import { DRAWN_DEFECTS } from './defects/drawn.ts'
import { INGEST_DEFECTS } from './defects/ingest.ts'
import { KEYS_DEFECTS } from './defects/keys.ts'
import { ROWS_DEFECTS } from './defects/rows.ts'
import { SENDERS_DEFECTS } from './defects/senders.ts'
import { UPSTREAM_DEFECTS } from './defects/upstream.ts'

/** Defects of one line each, over all rooms; only those that were drawn by lot are among them because no test found them then. */
export const DEFECTS: readonly Defect[] = [
  ...INGEST_DEFECTS,
  ...UPSTREAM_DEFECTS,
  ...ROWS_DEFECTS,
  ...DOOR_DEFECTS,
  ...BESIDE_DEFECTS,
  ...KEYS_DEFECTS,
  ...SENDERS_DEFECTS,
  ...DRAWN_DEFECTS,
]
