import { rmSync } from 'node:fs'
import { startIssuer } from '../support/issuer.ts'
import { startStub } from './start-stub.ts'

/** What a subject needs that is not there before it starts: settings, and the token that its callers bring. */
export interface Prepared {
  readonly env: Readonly<Record<string, string>>
  readonly token?: string
}

const LONGEST_RUN_SECONDS = 7_200
const FAR_OFF = '1000000000'

/** Callers with a JWT, and limits that are counted and never reached. */
export async function withJwt(): Promise<Prepared> {
  const issuer = await startIssuer()
  process.once('exit', () => rmSync(issuer.directory, { recursive: true, force: true }))
  const exp = Math.floor(Date.now() / 1_000) + LONGEST_RUN_SECONDS
  return {
    env: { ...(await issuer.settings({ acme: { token: 'bench-token' } })), RATE_LIMIT_REQUESTS: FAR_OFF, RATE_LIMIT_ROWS: FAR_OFF },
    token: await issuer.sign({ exp }),
  }
}

/** Traces of a tenth of all requests, sent to a collector that throws them away. */
export async function withTraces(): Promise<Prepared> {
  const { url } = await startStub('stub collector')
  const sampler = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' }
  return { env: { OTEL_EXPORTER_OTLP_ENDPOINT: url.origin, ...sampler } }
}
