import { contract } from '../../schema/index.ts'
import { readSandboxConfig } from '../config.ts'
import { ConfigError, unusable } from '../util/config-error.ts'
import { SANDBOX_TOKEN } from './choices.ts'
import { startSandbox } from './sandbox.ts'

try {
  const { port, file, solutions } = readSandboxConfig(process.env, contract.modules)
  const sandbox = await startSandbox({ contract, solutions, file, port }).catch(unusable('PORT and SANDBOX_FILE'))
  console.log(`The sandbox is listening at ${sandbox.url} (token: ${SANDBOX_TOKEN}, rows in ${file}).`)
  console.log(`Point a gateway to it: INGESTION_URL=${sandbox.url.origin} npm start`)
} catch (error) {
  console.error(error instanceof ConfigError ? `The sandbox cannot start with these settings:\n${error.message}` : error)
  process.exit(1)
}
