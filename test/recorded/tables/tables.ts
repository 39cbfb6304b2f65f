import { cells } from './cells.ts'
import { client } from './client.ts'
import { command } from './command.ts'
import { costs } from './costs.ts'
import { declarations } from './declarations.ts'
import { entrance } from './entrance.ts'
import { errors } from './errors.ts'
import { limits } from './limits.ts'
import { notes } from './notes.ts'
import { numbers } from './numbers.ts'
import { pages } from './pages.ts'
import { parameters } from './parameters.ts'
import { payloads } from './payloads.ts'
import { quality } from './quality.ts'
import { reading } from './reading.ts'
import { records } from './records.ts'
import { rows } from './rows.ts'
import { schemaAnswers } from './schema-answers.ts'
import { schemas } from './schemas.ts'
import { sending } from './sending.ts'
import { settings } from './settings.ts'
import { statuses } from './statuses.ts'
import { steps } from './steps.ts'
import type { Table } from './table.ts'
import { toldToOperators } from './told.ts'
import { throughQueues } from './traffic.ts'
import { turns } from './turns.ts'
import { values } from './values.ts'
import { words } from './words.ts'

/** All tables that are recorded. */
export const TABLES: readonly Table[] = [
  ...[reading, statuses, words, schemas, schemaAnswers, declarations, parameters, costs, payloads],
  ...[
    numbers,
    values,
    rows,
    quality,
    notes,
    limits,
    turns,
    sending,
    throughQueues,
    settings,
    errors,
    cells,
    entrance,
    records,
    pages,
    steps,
    client,
    command,
    toldToOperators,
  ],
]
