import { costs } from './costs.ts'
import { limits } from './limits.ts'
import { numbers } from './numbers.ts'
import { reading } from './reading.ts'
import { schemas } from './schemas.ts'
import { sending } from './sending.ts'
import { settings } from './settings.ts'
import { statuses } from './statuses.ts'
import type { Table } from './table.ts'
import { turns } from './turns.ts'
import { words } from './words.ts'

/** All tables that are recorded. */
export const TABLES: readonly Table[] = [reading, numbers, settings, limits, turns, costs, schemas, statuses, words, sending]
