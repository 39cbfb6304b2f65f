import { statSync } from 'node:fs'
import { residentMiB } from '../../fire/gateway-process.ts'
import type { Running } from '../measure/start-process.ts'
import { BULK_ROWS, type Kind, microsPerMutation, rotating, send, startOnFile } from './gateways.ts'
import type { MemoryPoint } from './measured.ts'

const BYTES_PER_MIB = 2 ** 20

export const BULK: Kind = { rows: BULK_ROWS, keyed: true, connections: 4 }
export const PLAIN: Kind = { rows: 1, keyed: false, connections: 16 }
export const KEYED: Kind = { rows: 1, keyed: true, connections: 16 }

/** CPU of a gateway for a row of 500, and for a mutation of one, with a key or without. */
export async function measureCosts(gateway: Running, keyed: boolean): Promise<{ readonly row: number; readonly mutation: number }> {
  const row = (await microsPerMutation(gateway, { ...BULK, keyed })) / BULK_ROWS
  return { row, mutation: await microsPerMutation(gateway, keyed ? KEYED : PLAIN) }
}

/** Bytes of the file for a key of one row, and of 500: each in a file that holds so many and is closed. */
export async function measureFile(upstream: URL): Promise<{ readonly one: number; readonly many: number }> {
  const empty = await sizeAfter(upstream, KEYED, 0)
  const [oneCount, manyCount] = [2_000, 100]
  return {
    one: ((await sizeAfter(upstream, KEYED, oneCount)) - empty) / oneCount,
    many: ((await sizeAfter(upstream, BULK, manyCount)) - empty) / manyCount,
  }
}

async function sizeAfter(upstream: URL, kind: Kind, requests: number): Promise<number> {
  const { gateway, file } = await startOnFile(upstream)
  if (requests > 0) await send(gateway, kind, { requests })
  await gateway.stop()
  return statSync(file).size
}

/** Memory when 10, 1,000 and 10,000 tenants have sent something; always as many requests, so that only tenants differ. */
export async function measureMemory(upstream: URL): Promise<MemoryPoint[]> {
  const { gateway } = await startOnFile(upstream)
  const requests = 10_000
  const points: MemoryPoint[] = []
  for (const tenants of [10, 1_000, 10_000]) {
    await send(gateway, PLAIN, { requests }, rotating(tenants))
    const { liveBytes } = await gateway.ask<{ liveBytes: number }>('memory')
    points.push({ tenants, residentMiB: residentMiB(gateway.pid), liveMiB: liveBytes / BYTES_PER_MIB })
  }
  await gateway.stop()
  return points
}
