import { contract } from '../../schema/index.ts'
import { readSandboxConfig } from '../config.ts'
import { SANDBOX_TOKEN } from './choices.ts'
import { startSandbox } from './sandbox.ts'

const { port, file, solutions } = readSandboxConfig(process.env, contract.modules)
const sandbox = await startSandbox({ contract, solutions, file, port })
console.log(`The sandbox is listening at ${sandbox.url} (token: ${SANDBOX_TOKEN}, rows in ${file}).`)
console.log(`Point a gateway to it: INGESTION_URL=${sandbox.url.origin} npm start`)
