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

/** The functions below `src/` that run, by file. */
async function whatRuns(act: () => Promise<unknown>): Promise<ReadonlyMap<string, readonly string[]>> {
  const profiler = new Session()
  profiler.connect()
  await profiler.post('Profiler.enable')
  await profiler.post('Profiler.startPreciseCoverage', { callCount: true })
  await act()
  const { result } = await profiler.post('Profiler.takePreciseCoverage')
  await profiler.post('Profiler.stopPreciseCoverage')
  profiler.disconnect()
  return new Map(
    result.map(({ url, functions }) => {
      const ran = functions.filter(({ ranges: [range] }) => (range?.count ?? 0) > 0)
      return [url.split('/src/')[1] ?? '', ran.map(({ functionName }) => functionName)] as const
    }),
  )
}

test.runIf(FAST)('a row passes each file that CONTRIBUTING names on its way', async () => {
  const { gateway, close } = await startPair()
  const send = async () => {
    await gateway.ingest('upsertProducts', products(1))
    // Their body is long enough to be read in its bytes.
    await gateway.ingest('upsertProducts', products(40))
  }
  await send()
  const ran = await whatRuns(send)
  await close()
  const named = await filesNamed()

  expect(named.length).toBeGreaterThan(25)
  expect(named.filter((name) => (ran.get(name) ?? []).length === 0)).toEqual([])
})

test('a row alone is not handed to what joins rows, compares them, gives back their memory, or judges attributes', async () => {
  const { gateway, close } = await startPair()
  const send = () => gateway.ingest('upsertProducts', products(1))
  await send()
  const ran = await whatRuns(send)
  await close()

  const spared = ['createBodyParts', 'answerWithin', 'judgeAttributes', 'joinRows', 'releaseParts', 'rowsOfOneKey', 'markOvertaken']
  const functions = [...ran].flatMap(([file, names]) => (/^(?:http|rows|ingest)\//.test(file) ? names : []))
  expect(functions).toContain('rowsOf')
  expect(functions.filter((name) => spared.includes(name))).toEqual([])
})
