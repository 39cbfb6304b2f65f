import { writeFile } from 'node:fs/promises'
import { CLIENT_ERRORS_FILE, printClientErrors } from '../support/printed-client-errors.ts'
import { ERRORS_FILE, printErrors } from '../support/printed-errors.ts'
import { printRows, ROWS_FILE } from '../support/printed-rows.ts'
import { printContractSchema, SCHEMA_FILE } from '../support/printed-schema.ts'

for (const [file, text] of [
  [SCHEMA_FILE, await printContractSchema()],
  [ROWS_FILE, printRows()],
  [ERRORS_FILE, printErrors()],
  [CLIENT_ERRORS_FILE, printClientErrors()],
] as const) {
  await writeFile(file, text)
  console.log(`Wrote ${file.pathname.split('/').slice(-2).join('/')}`)
}
