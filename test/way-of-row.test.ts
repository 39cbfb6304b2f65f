import { readFile } from 'node:fs/promises'
import { Session } from 'node:inspector/promises'
import { expect, test } from 'vitest'
import { FAST, startPair } from './support/gateway.ts'
import { products } from './support/rows.ts'

/** The files that CONTRIBUTING names on the way of a row. */
async function filesNamed(): Promise<readonly string[]> {
  const text = await readFile(new URL('../CONTRIBUTING.md', import.meta.url), 'utf8')
  const [way = ''] = text.split('## The way of a row')[1]?.split('\n## ') ?? []
  return way.split(/^\d+\. /m).flatMap((step) => {
    const [, room] = /^`(\w+)\/`/.exec(step) ?? []
    return [...step.matchAll(/`([\w/-]+\.ts)`/g)].map(([, file]) => `${room}/${file}`)
  })
}

/** The files below `src/` of which a function runs. */
async function filesThatRun(act: () => Promise<unknown>): Promise<ReadonlySet<string>> {
  const profiler = new Session()
  profiler.connect()
  await profiler.post('Profiler.enable')
  await profiler.post('Profiler.startPreciseCoverage', { callCount: true })
  await act()
  const { result } = await profiler.post('Profiler.takePreciseCoverage')
  await profiler.post('Profiler.stopPreciseCoverage')
  profiler.disconnect()
  const hasRun = result.filter(({ functions }) => functions.some(({ ranges: [range] }) => (range?.count ?? 0) > 0))
  return new Set(hasRun.map(({ url }) => url.split('/src/')[1] ?? ''))
}

test.runIf(FAST)('a row passes each file that CONTRIBUTING names on its way', async () => {
  const { gateway, close } = await startPair()
  const send = async () => {
    await gateway.ingest('upsertProducts', products(1))
    // Their body is long enough to be read in its bytes.
    await gateway.ingest('upsertProducts', products(40))
  }
  await send()
  const ran = await filesThatRun(send)
  await close()
  const named = await filesNamed()

  expect(named.length).toBeGreaterThan(25)
  expect(named.filter((name) => !ran.has(name))).toEqual([])
})
