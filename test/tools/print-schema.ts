import { writeFile } from 'node:fs/promises'
import { printContractSchema, SCHEMA_FILE } from '../support/printed-schema.ts'

await writeFile(SCHEMA_FILE, await printContractSchema())
console.log(`Wrote ${SCHEMA_FILE.pathname.split('/').slice(-2).join('/')}`)
