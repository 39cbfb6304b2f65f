import { spawnSync } from 'node:child_process'
import { lstat, mkdir, readdir, rm, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runImport } from '../src/cli/import/run.ts'
import { partOf } from '../src/cli/import/state-file.ts'
import type { Sandbox } from '../src/sandbox/sandbox.ts'
import { startFakeUpstream } from './support/fake-upstream.ts'
import { type Gateway, startGateway, startPair } from './support/gateway.ts'
import { AS_SALES, createDesk, type Desk, file, HEADER, line, OBJECT } from './support/import-command.ts'

// `npm run import` against a gateway with the sandbox at the far end; as a process of its own where that could matter.

let pair: { gateway: Gateway; sandbox: Sandbox; close(): Promise<void> }
let desk: Desk
let tenant = 0
let token = ''

beforeAll(async () => {
  pair = await startPair()
})
afterAll(() => pair.close())
beforeEach(async () => {
  desk = await createDesk(() => new URL('/graphql', pair.gateway.url))
  token = `importer-${++tenant}`
})

const many = (count: number) => file(...Array.from({ length: count }, (_, at) => line(`P${at}`)))

const run = (args: readonly string[]) => desk.runHere(args, { token })
const runAlone = (args: readonly string[], input?: string) => desk.run(args, { token, ...(input !== undefined && { input }) })
const stored = async () => (await pair.sandbox.rows('QP_SALE_EXTRA_OOTB', token)).map((row) => String(row.product_id)).sort()
const sentTexts = () => pair.sandbox.requests(token)

describe('a file with bad rows', () => {
  test('is loaded, its rejected rows are corrected in the file that is made of them, and that loads as it is', async () => {
    await desk.write(
      'sales.csv',
      file(line('00042', { value: '12345678901234.567890' }), line('A', { units: 'two' }), 'B,L1,size:M', `${line('C')},`).replace(
        HEADER,
        `${HEADER},`,
      ),
    )
    const first = await runAlone(['sales.csv', ...AS_SALES])
    expect(first).toMatchObject({ code: 1, out: expect.stringContaining('4 rows: 2 accepted, 2 rejected, 0 unconfirmed') })
    expect(first.out).toMatch(/1 {2}WRONG_TYPE +salesUnits +3 /)
    expect(await stored()).toEqual(['00042', 'C'])

    const rejected = await desk.read('sales.rejected.csv')
    const rows = rejected.trimEnd().split('\n')
    expect(rows[0]).toBe(`\uFEFFrejected_line,rejected_field,rejected_code,rejected_message,${HEADER}`)
    expect(rows[1]).toMatch(/^3,salesUnits,WRONG_TYPE,.*,A,L1,size:M,2025-01-28T14:30:00Z,two,1.5,0,0$/)
    expect(rows[2]).toMatch(
      /^4,,WRONG_CELL_COUNT,"The row has 3 cells, the first line names 8 columns: is the line cut off\?",B,L1,size:M$/,
    )

    await desk.write('sales.rejected.csv', rejected.replace('two', '2').replace(/B,L1,size:M$/m, line('B')))
    expect(await runAlone(['sales.rejected.csv', ...AS_SALES])).toMatchObject({
      code: 0,
      out: expect.stringContaining('2 rows: 2 accepted'),
    })
    expect(await stored()).toEqual(['00042', 'A', 'B', 'C'])
  })

  test('has what is wrong with each told of that row: one message stands for several only where it fits all', async () => {
    await desk.write(
      'sales.csv',
      file('A,L1', `${line('B')},not named`, line('C', { units: 'two' }), line('D', { units: 'three' })).replace(HEADER, `${HEADER},`),
    )
    const { out } = await run(['sales.csv', ...AS_SALES])
    expect(out).toMatch(
      / 2 {2}WRONG_CELL_COUNT +2, 3 +such as: The row has 2 cells, the first line names 8 columns: is the line cut off\?$/m,
    )
    expect(out).toMatch(/ 2 {2}WRONG_TYPE +salesUnits +4, 5 +salesUnits must be/)
    expect(await desk.read('sales.rejected.csv')).toMatch(/^3,,WRONG_CELL_COUNT,"The row has 9 cells, [^"]* a column without a name\?"/m)
  })

  test('keeps what people have written into the file of rejected rows when it is loaded again', async () => {
    await desk.write('sales.csv', file(line('A', { units: 'two' })))
    await run(['sales.csv', ...AS_SALES])
    await desk.write('sales.rejected.csv', 'corrected by hand')
    const again = await run(['sales.csv', ...AS_SALES])
    expect(again.out).toContain('sales.rejected-2.csv')
    expect(await desk.read('sales.rejected.csv')).toBe('corrected by hand')
  })

  test('has its rejected rows beside it, wherever the command is run', async () => {
    await mkdir(join(desk.folder, 'sub'))
    await desk.write('sub/sales.csv', file(line('A', { units: 'x' })))
    expect(await run(['sub/sales.csv', ...AS_SALES])).toMatchObject({ code: 1 })
    expect(await desk.read('sub/sales.rejected.csv')).toContain(',A,L1')
    const { loads } = JSON.parse(await desk.read('sub/sales.csv.rowgate.json'))
    expect(loads).toMatchObject([{ isTold: false, rejected: 1 }])
  })

  test('may state its delimiter in a line of its own, as Excel does', async () => {
    const content = file(line('00042'), line('B', { units: 'two' })).replaceAll(',', '^')
    await desk.write('sales.csv', `sep=^\r\n${content}`)
    const ran = await run(['sales.csv', ...AS_SALES])
    expect(ran.out).toMatch(/1 accepted, 1 rejected.*WRONG_TYPE +salesUnits +4 /s)
    expect(await desk.read('sales.rejected.csv')).toMatch(/^\uFEFFrejected_line\^[^;,]*\n4\^/)
  })

  test('is told of a row whose key another has by the file, not by the request that it went with', async () => {
    await desk.write('sales.csv', file(line('A'), line('A')))
    const { out } = await run(['sales.csv', ...AS_SALES])
    expect(out).toContain('DUPLICATE_KEY         3      An earlier row has the same primary key, and only that one was sent.')
  })

  test('stops when more rows are rejected than may be', async () => {
    await desk.write('sales.csv', file(...Array.from({ length: 6_000 }, (_, at) => (at % 2 ? line(`P${at}`) : 'cut'))))
    expect(await run(['sales.csv', ...AS_SALES, '--max-rejected', '100'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('TOO_MANY_REJECTED at sales.csv:'),
    })
  })

  test('of more rejected rows than may be says how the rest is loaded: the same command would stop there again', async () => {
    await desk.write('sales.csv', file(...['A', 'B', 'C'].map((id) => line(id, { units: 'two' })), line('D')))
    for (const _ of ['first', 'again'])
      expect(await run(['sales.csv', ...AS_SALES, '--max-rejected', '2'])).toMatchObject({
        code: 2,
        err: expect.stringMatching(/TOO_MANY_REJECTED.*\n.*the same command with a higher --max-rejected/),
      })
    expect((await run(['sales.csv', ...AS_SALES, '--max-rejected', '3'])).code).toBe(1)
  })
})

describe('values', () => {
  test('reach the upstream as they stand: text is no number, and a number keeps its digits', async () => {
    const upstream = await startFakeUpstream(() => ({ status: 200, body: {} }))
    const gateway = await startGateway({ INGESTION_URL: upstream.url })
    await desk.write('sales.csv', file(line('007', { units: '+012', value: '.10' }), line('1e3', { value: '123456789012345.1234567890' })))
    expect(await run(['sales.csv', ...AS_SALES, '--url', String(gateway.url)])).toMatchObject({ code: 0 })
    const sent = upstream.arrived.map(({ text }) => text.replace(/\s/g, '')).join()
    for (const part of [
      '"product_id":"007"',
      '"product_id":"1e3"',
      '"sales_units":12,',
      '"sales_value":0.1,',
      '"sales_value":123456789012345.1234567890,',
    ])
      expect(sent).toContain(part)
    await gateway.close()
    await upstream.close()
  })

  test('go to a custom attribute of the table, in its type, where a column of the file is called like it', async () => {
    const add =
      'mutation { addAttribute(resource: "SaleExtra", solution: "QP_OOTB", name: "SHELF_LIFE", type: INTEGER, required: false, nonNull: false) { name } }'
    const added = await pair.gateway.send<{ addAttribute: object }, object>(add, {}, token)
    expect(added.errors).toBeUndefined()
    await desk.write('sales.csv', `${HEADER},Shelf_Life\n${line('A')},30\n`)
    expect(await run(['sales.csv', ...AS_SALES])).toMatchObject({ code: 0 })
    expect(await pair.sandbox.rows('QP_SALE_EXTRA_OOTB', token)).toMatchObject([{ product_id: 'A', shelf_life: 30 }])
  })
})

describe('the same file again', () => {
  test('is known, also when it is compressed meanwhile, and nothing of it is sent; --again appends it once more', async () => {
    await desk.write('sales.csv', file(line('A')))
    await desk.write('sales.csv.gz', gzipSync(file(line('A'))))
    await run(['sales.csv', ...AS_SALES])
    for (const name of ['sales.csv', 'sales.csv.gz'])
      expect(await run([name, ...AS_SALES])).toMatchObject({
        code: 0,
        out: expect.stringContaining('All of it was loaded before, so nothing was sent.'),
      })
    expect(await sentTexts()).toHaveLength(1)
    expect(await run(['sales.csv', ...AS_SALES, '--again', 'on purpose'])).toMatchObject({ code: 0 })
    expect(await stored()).toEqual(['A', 'A'])
  })

  test('with other content is not appended as a whole, and --again goes on', async () => {
    await desk.write('sales.csv', file(line('A'), line('B', { units: 'x' })))
    await run(['sales.csv', ...AS_SALES])
    await desk.write('sales.csv', file(line('A'), line('B')))
    expect(await run(['sales.csv', ...AS_SALES])).toMatchObject({ code: 2, err: expect.stringContaining('CHANGED_SINCE_LOADED') })
    expect(await stored()).toEqual(['A'])
    expect(await run(['sales.csv', ...AS_SALES, '--again', 'all'])).toMatchObject({ code: 0 })
    expect(await run(['sales.csv', '--upsert', ...AS_SALES.slice(1)])).toMatchObject({ code: 0 })
  })

  test('is not appended where the gateway knows nothing of what was appended', async () => {
    await desk.write('sales.csv', file(line('A')))
    await run(['sales.csv', ...AS_SALES])
    token = `${token}-renewed`
    expect(await run(['sales.csv', ...AS_SALES])).toMatchObject({ code: 2, err: expect.stringContaining('LOAD_FORGOTTEN') })
    expect(await stored()).toEqual([])
  })

  test('goes on where it was killed: no row is missing, and none is there twice', async () => {
    await desk.write('sales.csv', many(12_000))
    await pair.sandbox.slowDown(150)
    const { child, done } = desk.start(['sales.csv', ...AS_SALES], { token })
    await expect.poll(async () => (await sentTexts()).length).toBeGreaterThan(3)
    child.kill('SIGKILL')
    await done
    await pair.sandbox.slowDown(0)
    const again = await run(['sales.csv', ...AS_SALES])
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('12,000 rows: 12,000 accepted') })
    const ids = await stored()
    expect(new Set(ids).size).toBe(12_000)
    expect(ids).toHaveLength(12_000)
  })

  test('goes on where a signal stopped it, which ends with 2 and says so', async () => {
    await desk.write('sales.csv', many(12_000))
    await pair.sandbox.slowDown(150)
    const { child, done } = desk.start(['sales.csv', ...AS_SALES], { token })
    await expect.poll(async () => (await sentTexts()).length).toBeGreaterThan(1)
    child.kill('SIGTERM')
    // npm passes on the signal that the terminal sends as well.
    child.kill('SIGINT')
    const { code, err } = await done
    expect(code).toBe(2)
    expect(err).toMatch(/Stopping.*\n[\s\S]*INTERRUPTED/)
    expect(err).not.toMatch(/Stopping[\s\S]*Stopping/)
    await pair.sandbox.slowDown(0)
    expect(await run(['sales.csv', ...AS_SALES])).toMatchObject({ code: 0 })
    expect(await stored()).toHaveLength(12_000)
  })

  test('Ctrl-C ends a load that waits for its input as well', async () => {
    const stop = new AbortController()
    const stdin = new Readable({ read: () => stop.abort() })
    let told = ''
    const code = await runImport({
      ...{ args: ['-', ...AS_SALES, '--key', 'k', '--url', String(new URL('/graphql', pair.gateway.url))], token, stdin },
      ...{ cwd: desk.folder, print: () => {}, signal: stop.signal },
      screen: {
        ...{ isTTY: false, columns: 80 },
        write(text) {
          told += text
        },
      },
    })
    expect([code, told, stdin.destroyed]).toEqual([2, expect.stringContaining('INTERRUPTED'), true])
  })
})

test.each([
  ['--upsert', ['sales.csv', '--upsert', ...AS_SALES.slice(1)], 'it continues where it stopped'],
  ['--dry-run', ['sales.csv', ...AS_SALES, '--dry-run'], 'Nothing was written.'],
  ['standard input with a key', ['-', ...AS_SALES, '--key', 'k'], 'it continues where it stopped'],
  ['standard input without', ['-', '--upsert', ...AS_SALES.slice(1)], 'everything is sent again'],
])('who stops a load is told what the same command does then: %s', async (_, args, advice) => {
  await desk.write('sales.csv', file(line('A')))
  const told: string[] = []
  const code = await runImport({
    ...{ args: [...args, '--url', String(new URL('/graphql', pair.gateway.url))], token, cwd: desk.folder, stdin: Readable.from([]) },
    ...{ print: () => {}, signal: AbortSignal.abort() },
    screen: { isTTY: false, columns: 80, write: (text) => void told.push(text) },
  })
  expect([code, told.join('')]).toEqual([2, expect.stringContaining(advice)])
})

describe('rows whose fate is unknown', () => {
  test('are put into a file of their own', async () => {
    await desk.write('sales.csv', file(line('A'), line('B')))
    await pair.sandbox.fault({ kind: 'resetAfter' })
    expect(await run(['sales.csv', ...AS_SALES])).toMatchObject({ code: 1, out: expect.stringContaining('2 unconfirmed') })
    expect(await desk.read('sales.unconfirmed.csv')).toMatch(/\n2,,[A-Z_]+,.*,A,L1/)
    const { loads } = JSON.parse(await desk.read('sales.csv.rowgate.json'))
    expect(loads).toMatchObject([{ isTold: true, mayBeWritten: true, unconfirmed: 2 }])
  })
})

test.each(['', '{', '{"loads":[{}]}', '[]'])(
  'what is remembered of a file and cannot be read, such as %j, ends its load before a row is sent',
  async (state) => {
    await desk.write('sales.csv', file(line('A')))
    await desk.write('sales.csv.rowgate.json', state)
    expect(await run(['sales.csv', ...AS_SALES])).toMatchObject({ code: 2, err: expect.stringContaining('sales.csv.rowgate.json') })
    expect(await stored()).toEqual([])
    expect(await desk.read('sales.csv.rowgate.json')).toBe(state)
  },
)

describe('a dry run', () => {
  test('tells what is wrong, writes no row and leaves no file', async () => {
    await desk.write('sales.csv', file(line('A'), line('B', { units: 'x' })))
    expect(await run(['sales.csv', ...AS_SALES, '--dry-run'])).toMatchObject({
      code: 1,
      out: expect.stringContaining('nothing was written'),
    })
    expect(await stored()).toEqual([])
    await expect(desk.read('sales.rejected.csv')).rejects.toThrow('ENOENT')
    await expect(desk.read('sales.csv.rowgate.json')).rejects.toThrow('ENOENT')
  })
})

describe('other ways in', () => {
  test('what is remembered of a load leaves nothing half done where it cannot be put in its place', async () => {
    const place = join(desk.folder, 'sales.csv.rowgate.json')
    const door = await startFakeUpstream(async ({ text, headers }) => {
      const { authorization = '' } = headers as Record<string, string>
      if (text.includes('"variables":{"rows"')) {
        await rm(place, { recursive: true, force: true })
        await mkdir(place)
      }
      const answer = await pair.gateway.fetch({
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: text,
      })
      return { status: answer.status, body: await answer.json() }
    })
    await desk.write('sales.csv', file(line('A')))
    const ran = await run(['sales.csv', ...AS_SALES, '--url', String(new URL('/graphql', door.url))])
    await door.close()
    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('1 accepted') })
    expect((await readdir(desk.folder)).sort()).toEqual(['sales.csv', 'sales.csv.rowgate.json'])
  })

  test('whatever the gateway declines for a while is asked again after it, also what is asked before the rows', async () => {
    const declined = new Set<string>()
    const door = await startFakeUpstream(async ({ text, headers }) => {
      const { query } = JSON.parse(text)
      if (!declined.has(query)) {
        declined.add(query)
        const extensions = { code: 'RATE_LIMITED', retryAfterMs: 1 }
        return { status: 429, body: { errors: [{ message: 'declined', extensions }] } }
      }
      const { authorization = '', 'content-type': type = '' } = headers as Record<string, string>
      const answer = await fetch(new URL('/graphql', pair.gateway.url), {
        ...{ method: 'POST', body: text },
        headers: { authorization, 'content-type': type },
      })
      return { status: answer.status, body: await answer.json() }
    })
    await desk.write('sales.csv', file(line('A')))
    const ran = await run(['sales.csv', ...AS_SALES, '--url', String(new URL('/graphql', door.url))])
    await door.close()
    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('1 accepted'), err: expect.stringContaining('asks to wait') })
    expect(declined.size).toBeGreaterThan(3)
  })

  test.each([
    ['sales.ndjson', `${OBJECT}\n\n${OBJECT.replace('"A"', '"B"')}\n`],
    ['sales.json', `[\n ${OBJECT},\n${OBJECT.replace('"A"', '"B"')} ]`],
    ['sales.tsv', file(line('A'), line('B')).replaceAll(',', '\t')],
    ['semicolons.txt', file(line('A'), line('B')).replaceAll(',', ';')],
    [
      'quoted.csv',
      `"${HEADER.toUpperCase().replaceAll(',', '","')}"\r\n${line('A')}\r\n"B\r\n",L1,"a ""b"", c",2025-01-28T14:30:00Z,1,1.5,0,0`,
    ],
    ['utf16.csv', Buffer.from(`\uFEFF${file(line('A'), line('Bä'))}`, 'utf16le')],
    ['unmarked16.csv', Buffer.from(file(line('A'), line('B')), 'utf16le')],
    ['packed.csv.gz', Buffer.concat([gzipSync(file(line('A'))), gzipSync(`${line('B')}\n`)])],
  ])('%s is read', async (name, content) => {
    await desk.write(name, content)
    expect(await run([name, ...AS_SALES])).toMatchObject({ code: 0, out: expect.stringContaining('2 rows: 2 accepted') })
    expect((await stored()).map((id) => id[0])).toEqual(['A', 'B'])
  })

  test('a file in another encoding is read where that is stated, and its rejected rows load without stating it, and with it', async () => {
    await desk.write('sales.csv', Buffer.from(file(line('K\u00e4se', { units: 'x' })), 'latin1'))
    expect(await run(['sales.csv', ...AS_SALES, '--encoding', 'windows-1252'])).toMatchObject({ code: 1 })
    await desk.write('sales.rejected.csv', (await desk.read('sales.rejected.csv')).replace(',x,', ',3,'))
    expect(await run(['sales.rejected.csv', ...AS_SALES, '--encoding', 'windows-1252'])).toMatchObject({ code: 0 })
    expect(await stored()).toEqual(['K\u00e4se'])
  })

  test('standard input needs a key to be appended, by which it goes on when it is piped in again', async () => {
    expect(await runAlone(['-', ...AS_SALES], file(line('A')))).toMatchObject({ code: 2, err: expect.stringContaining('--key') })
    for (const _ of [1, 2]) expect(await runAlone(['-', ...AS_SALES, '--key', 'monday'], file(line('A')))).toMatchObject({ code: 0 })
    expect(await stored()).toEqual(['A'])
    expect(await runAlone(['-', ...AS_SALES, '--key', 'monday'], file(line('B')))).toMatchObject({
      code: 2,
      err: expect.stringContaining('KEY_USED'),
    })
  })

  test('a pipe that goes on after it was refused is left', async () => {
    const { child, done } = desk.start(['-', ...AS_SALES, '--key', 'k'], { token })
    child.stdin?.on('error', () => {}).write('no,header\n'.repeat(20_000))
    expect(await done).toMatchObject({ code: 2, err: expect.stringContaining('NO_HEADER') })
  })

  test('the files of a folder are loaded by their names, what others refer to first', async () => {
    await desk.write('Products.csv', 'product_id,source_id,pack_size,updated_at\nP1,S1,1,2025-01-15 08:00:00\n')
    await desk.write('suppliers.csv', await exampleOf('Suppliers'))
    await desk.write('InventoryStock.csv', await exampleOf('InventoryStock'))
    await desk.write('locations.csv.gz', gzipSync(await exampleOf('Locations')))
    await desk.write('notes.md', 'not a file of rows')
    const ran = await run(['.', '--upsert'])
    expect(ran).toMatchObject({ code: 0 })
    const order = [...ran.out.matchAll(/^(\S+): 1 row/gm)].map(([, name]) => name)
    expect(order.indexOf('suppliers.csv')).toBeLessThan(order.indexOf('Products.csv'))
    expect(order.indexOf('Products.csv')).toBeLessThan(order.indexOf('InventoryStock.csv'))
    expect(order.indexOf('locations.csv.gz')).toBeLessThan(order.indexOf('InventoryStock.csv'))
    expect(order).toHaveLength(4)
  })
})

/** A file with the example of a resource, as the gateway tells it. */
async function exampleOf(resource: string): Promise<string> {
  const query = 'query ($name: String!) { resources(name: $name) { example } }'
  const answer = await pair.gateway.send<{ resources: { example: Record<string, unknown> }[] }, object>(query, { name: resource })
  const example = Object.entries(answer.data.resources[0]?.example ?? {}).filter(([, value]) => value !== null)
  return `${example.map(([name]) => name).join(',')}\n${example.map(([, value]) => `"${String(value).replaceAll('"', '""')}"`).join(',')}\n`
}

describe('while rows are sent', () => {
  test('a file that is written to ends the load', async () => {
    await desk.write('sales.csv', many(45_000))
    await pair.sandbox.slowDown(60)
    const { done } = desk.start(['sales.csv', ...AS_SALES], { token })
    await expect.poll(async () => (await sentTexts()).length).toBeGreaterThan(1)
    await desk.write('sales.csv', `${many(45_000)}${line('late')}\n`)
    const ran = await done
    await pair.sandbox.slowDown(0)
    expect(ran).toMatchObject({ code: 2, err: expect.stringMatching(/FILE_CHANGED at sales.csv:\d+/) })
    expect(ran.err).toContain('sales.csv: 45,000 rows of SaleExtra, to be appended. The upstream needs at least 2 s for them.')
    expect(await run(['sales.csv', ...AS_SALES])).toMatchObject({ code: 2, err: expect.stringContaining('CHANGED_SINCE_LOADED') })
  })

  test('two loads of the same file at once append each row once, and both leave whole files', async () => {
    const lines = Array.from({ length: 12_000 }, (_, at) => line(`P${at}`, at % 2 ? { units: 'x' } : {}))
    await desk.write('sales.csv', file(...lines))
    const both = await Promise.all([runAlone(['sales.csv', ...AS_SALES]), runAlone(['sales.csv', ...AS_SALES])])
    for (const { code, out, err } of both) {
      expect([code, err]).toEqual([1, expect.not.stringContaining('error')])
      expect(out).toContain('12,000 rows: 6,000 accepted, 6,000 rejected')
    }
    const rejected = (await desk.read('sales.rejected.csv')).trim().split('\n')
    expect(new Set(rejected.slice(1).map((record) => /,(P\d+),/.exec(record)?.[1])).size).toBe(6_000)
    expect(rejected).toHaveLength(6_001)
    expect((await readdir(desk.folder)).filter((name) => name.endsWith('.part'))).toEqual([])
    expect(await stored()).toHaveLength(6_000)
  })

  test('what a killed load has left of its files is deleted by the next; what one that still runs, or of another host, is at work on stays', async () => {
    const { pid: dead } = spawnSync(process.execPath, ['--version'])
    const here = (name: string, pid = dead) => basename(partOf(name)).replace(`.${process.pid}.`, `.${pid}.`)
    const elsewhere = `sales.rejected.csv.0a1b2c3d.${dead}.part`
    const kept = [here('sales.rejected.csv', process.ppid), elsewhere, 'sales.rejected.csv.my.part', here('other.rejected.csv')]
    const left = ['sales.rejected.csv', 'sales.unconfirmed.csv', 'sales.csv.rowgate.json'].map((name) => here(name))
    for (const name of [...kept, ...left]) await desk.write(name, 'half a')
    await desk.write('sales.csv', file(line('A'), line('B', { units: 'x' })))
    expect(await run(['sales.csv', ...AS_SALES])).toMatchObject({ code: 1 })
    expect((await readdir(desk.folder)).filter((name) => name.endsWith('.part')).sort()).toEqual(kept.toSorted())
  })

  test('a full disk ends the load; what was sent is answered from the record when there is room again', async () => {
    await desk.write('sales.csv', file(line('A'), line('B', { units: 'x' })))
    const part = partOf(join(desk.folder, 'sales.rejected.csv'))
    await symlink('/dev/full', part)
    expect(await run(['sales.csv', ...AS_SALES])).toMatchObject({ code: 2, err: expect.stringContaining('the disk is full') })
    // What there was of the file is no longer in the way.
    await expect(lstat(part)).rejects.toThrow('ENOENT')
    expect(await run(['sales.csv', ...AS_SALES])).toMatchObject({ code: 1, out: expect.stringContaining('1 accepted, 1 rejected') })
    expect(await desk.read('sales.rejected.csv')).toContain(',B,L1,')
    expect(await stored()).toEqual(['A'])
  })

  test('a token that is refused ends it, and a good one begins anew', async () => {
    await desk.write('sales.csv', file(line('A')))
    const good = token
    token = 'refused-token'
    expect(await run(['sales.csv', ...AS_SALES])).toMatchObject({ code: 2, err: expect.stringContaining('TOKEN_REFUSED') })
    await expect(desk.read('sales.rejected.csv')).rejects.toThrow('ENOENT')
    token = good
    expect(await run(['sales.csv', ...AS_SALES])).toMatchObject({ code: 0 })
  })

  test('a token that expires half-way ends it, and what was accepted is in the table once', async () => {
    const own = await startPair()
    // More than are under way at once: some request must have nothing but rows that come too late.
    await desk.write('sales.csv', many(30_000))
    await own.sandbox.slowDown(200)
    const { done } = desk.start(['sales.csv', ...AS_SALES, '--url', String(own.gateway.url)], { token })
    await expect.poll(async () => (await own.sandbox.requests()).length).toBeGreaterThan(1)
    await Promise.all(Array.from({ length: 100 }, () => own.sandbox.fault({ kind: 'status', status: 401 })))
    const ran = await done
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('TOKEN_REFUSED') })
    const accepted = Number(/([\d,]+) accepted/.exec(ran.out)?.[1]?.replaceAll(',', ''))
    expect(accepted).toBeGreaterThan(0)
    const ids = (await own.sandbox.rows('QP_SALE_EXTRA_OOTB', token)).map((row) => row.product_id)
    expect(ids).toHaveLength(accepted)
    expect(new Set(ids).size).toBe(accepted)
    await own.close()
  })
})

test('what the command prints and how it ends is as recorded', async () => {
  const good = file(line('A'), line('B'))
  const spoilt = file(line('A'), line('C', { units: 'two' }), 'D,L1,size:M', line('E', { value: '' }), line('A'))
  const files: Readonly<Record<string, string>> = {
    'good.csv': good,
    'spoilt.csv': spoilt,
    'again.csv': good,
    'headers.csv': good.replace('sales_units', 'units').replace('sold_at', 'when'),
    'semicolon.csv': good.replaceAll(',', ';'),
    'empty.csv': '',
    'only-header.csv': `${HEADER}\n`,
    'rows.json':
      '[{"productId":"J","locationId":"L1","productVariant":"M","soldAt":"2025-01-28T14:30:00Z","salesUnits":1,"salesValue":1.5,"returnUnits":0,"returnValue":0}]',
    'rows.ndjson': '{"productId":"N"}\nnot json\n',
    'note.txt': 'nothing',
  }
  for (const [name, content] of Object.entries(files)) await desk.write(name, content)
  const calls: readonly (readonly string[])[] = [
    ...[
      ['--help'],
      [],
      ['--nonsense'],
      ['missing.csv', ...AS_SALES],
      ['good.csv'],
      ['good.csv', '--append', '--resource', 'Nothing'],
      ['good.csv', '--resource', 'SaleExtra', '--url', 'ftp://x'],
    ],
    ...[
      ['good.csv', ...AS_SALES, '--dry-run'],
      ['good.csv', ...AS_SALES],
      ['good.csv', ...AS_SALES],
      ['again.csv', ...AS_SALES],
      ['good.csv', ...AS_SALES, '--again', 'x'],
      ['spoilt.csv', ...AS_SALES],
      ['spoilt.csv', ...AS_SALES, '--max-rejected', '1'],
    ],
    ...[
      ['headers.csv', ...AS_SALES],
      ['headers.csv', ...AS_SALES, '--map', 'units=salesUnits', '--map', 'when=soldAt'],
      ['semicolon.csv', ...AS_SALES],
      ['semicolon.csv', ...AS_SALES, '--delimiter', ';'],
      ['empty.csv', ...AS_SALES],
      ['only-header.csv', ...AS_SALES],
    ],
    ...[
      ['rows.json', ...AS_SALES],
      ['rows.ndjson', ...AS_SALES],
      ['note.txt', ...AS_SALES],
      ['good.csv', ...AS_SALES, '--encoding', 'x'],
      ['good.csv', ...AS_SALES, '--max-rejected', '-1'],
      ['good.csv', 'spoilt.csv', ...AS_SALES],
    ],
  ]
  const told: string[] = []
  for (const args of calls) {
    const { code, out, err } = await run(args)
    told.push(`import ${args.join(' ')}\nends with ${code}\n${out}${err === '' ? '' : `--- on standard error:\n${err}`}`)
  }
  told.push(`spoilt.rejected.csv\n${await desk.read('spoilt.rejected.csv')}`)
  const text = told
    .join('\n')
    .replace(/ in \d+ s\.$/gm, ' in <n> s.')
    .replaceAll(desk.folder, '<folder>')
    .replaceAll(pair.gateway.url.host, '<gateway>')
  await expect(text).toMatchFileSnapshot('recorded/import.txt')
})
