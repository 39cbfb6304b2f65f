import { writeSync } from 'node:fs'
import { createSqliteStore } from '../../src/store/sqlite.ts'
import { openRequest } from './store-requests.ts'

// Writes entry after entry into a file until it is killed, and says of each when it is durable.
const [file = ''] = process.argv.slice(2)
const store = createSqliteStore(file)
const [opened] = await store.open([openRequest('killed')])
const epoch = opened !== undefined && 'epoch' in opened ? opened.epoch : 0
for (let number = 1; ; number++) {
  await store.write([{ kind: 'intent', claim: { id: 'killed', epoch }, number, entry: `entry ${epoch}/${number}` }])
  // At once: what a stream still holds as the process is killed is told to nobody.
  writeSync(1, `${epoch}/${number}\n`)
}
