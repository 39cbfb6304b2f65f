import { cells } from './cells.ts'
import { errors } from './errors.ts'
import { numbers } from './numbers.ts'
import { reading } from './reading.ts'
import { settings } from './settings.ts'
import type { Table } from './table.ts'

/** All tables that are recorded. */
export const TABLES: readonly Table[] = [reading, numbers, settings, errors, cells]
