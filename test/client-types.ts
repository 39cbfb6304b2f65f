import { createClient, type Outcome, type ResourceName, type Run, type UpstreamRow } from '../src/client/index.ts'

// Never run: `npm run types` fails where a line that must not compile does, or one that must does not.

const client = createClient({ url: 'http://127.0.0.1:4000/graphql', token: async () => 'token' })
const product = { productId: 'P', sourceId: 'S', packSize: 12, updatedAt: new Date() }

/** What compiles. */
export async function good(rows: AsyncIterable<typeof product>, name: ResourceName): Promise<number> {
  const run = client.upsert('Products', [product, { ...product, packSize: 12n, extra: { colour: 'red' } }], { key: 'k' })
  for await (const { row } of run.outcomes()) row.productId.slice()
  const { rejectedRows } = await client.append('Products', rows, { maxRejected: 10 }).done
  const first: string | undefined = rejectedRows[0]?.row.productId
  const upstream: Run<UpstreamRow> = client.append('Products', [{ product_id: first }], { columns: 'upstream' })
  const any = client.upsert(name, [{ anything: 1 }], { columns: 'upstream', dryRun: true })
  const outcomes: AsyncIterable<Outcome<UpstreamRow>> = any.outcomes()
  return (await upstream.done).accepted + (outcomes ? 1 : 0)
}

/** What does not. */
export function bad(): unknown[] {
  return [
    // @ts-expect-error no such resource
    client.upsert('Product', [product]),
    // @ts-expect-error no such field
    client.upsert('Products', [{ ...product, packSise: 1 }]),
    // @ts-expect-error a field of another type
    client.upsert('Products', [{ ...product, packSize: '12' }]),
    // @ts-expect-error a field is missing
    client.upsert('Products', [{ productId: 'P' }]),
    // @ts-expect-error null where a value must be
    client.append('Products', [{ ...product, sourceId: null }]),
    // @ts-expect-error no rows
    client.append('Products', product),
    // @ts-expect-error no such option
    client.append('Products', [product], { solutions: 'X' }),
    // @ts-expect-error the upstream's names without saying so
    client.append('Products', [{ product_id: 'P' }]),
    // @ts-expect-error an address is needed
    createClient({ token: 'token' }),
  ]
}
