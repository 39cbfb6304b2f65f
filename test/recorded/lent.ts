import type { Scenario } from '../support/recording/run.ts'

/** A gateway that lends its token. */
export const lent: Scenario = {
  name: 'lent',
  title: 'A gateway that lends callers its own token keeps pages of strangers out, and takes so many requests and rows in a window.',
  about: `
Two requests and five rows may come in ten seconds of a tenant. The page's host is the gateway's own only by an IP address or \`localhost\`.`,
  settings: {
    INGESTION_TOKEN: 'token-lent',
    RATE_LIMIT_REQUESTS: '4',
    RATE_LIMIT_ROWS: '5',
    RATE_LIMIT_WINDOW: '10s',
    CORS_ORIGINS: 'https://listed.example',
  },
  async play({ send, query, pass, ingest }) {
    const body = '{"query":"{ me { tenant identity } }"}'
    const type = { 'content-type': 'application/json' }
    for (const origin of ['https://listed.example', 'https://other.example', 'http://localhost:1', 'null', 'nonsense'])
      await send('page', { headers: { ...type, origin }, body })
    await send('page', { method: 'GET', path: '/graphql?query={__typename}', headers: { host: 'evil.example' } })
    await send('page', {
      method: 'GET',
      path: '/graphql?query={__typename}',
      headers: { host: '127.0.0.1', 'apollo-require-preflight': '1' },
    })
    await send('page', { method: 'GET', path: '/graphql?query={__typename}', headers: { host: 'evil.example', authorization: 'x' } })
    await pass(10_000)
    const row = { productId: 'A', sourceId: 'S', packSize: 1, updatedAt: '2025-01-15T08:00:00Z' }
    const rows = (count: number) => Array.from({ length: count }, (_, nth) => ({ ...row, productId: `A${nth}` }))
    await ingest('ann', 'upsertProducts', rows(3))
    await ingest('ann', 'upsertProducts', rows(3))
    await ingest('ann', 'upsertProducts', rows(2))
    await pass(2_500)
    await ingest('ann', 'upsertProducts', rows(6))
    await query('ann', '{ __typename }')
    await query('bob', '{ me { quotas { requests rows windowSeconds } } }')
    await pass(8_000)
    await query('ann', '{ __typename }')
    await ingest('ann', 'appendProducts', rows(5))
  },
}
