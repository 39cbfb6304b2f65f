import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, startGateway } from './support/gateway.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway({})
})
afterAll(() => gateway.close())

describe('the GraphQL-over-HTTP audits', () => {
  // A browser may send a GET from any page, so ours must carry a header that makes the browser ask first.
  const fetchFn = (url: string, init: RequestInit = {}) =>
    gateway.fetch({ ...init, path: new URL(url).pathname + new URL(url).search, headers: { ...init.headers, 'x-graphql-yoga-csrf': '1' } })

  test.each(serverAudits({ url: 'http://rowgate.test/graphql', fetchFn }).map((audit) => [audit.name, audit] as const))(
    '%s',
    async (name, audit) => {
      const result = await audit.fn()
      if (name.startsWith('MUST')) expect(result, 'reason' in result ? result.reason : '').toMatchObject({ status: 'ok' })
      else expect(['ok', 'warn', 'notice']).toContain(result.status)
    },
  )
})
