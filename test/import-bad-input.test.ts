import { readdir, readlink, symlink } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Sandbox } from '../src/sandbox/sandbox.ts'
import { startEncryptedUpstream } from './support/encrypted-upstream.ts'
import { type Gateway, startPair } from './support/gateway.ts'
import { AS_SALES, createDesk, type Desk, file, HEADER, line, OBJECT } from './support/import-command.ts'

// What `npm run import` makes of files and gateways that are no good: a named error with its line, exit code 2, nothing sent.

let pair: { gateway: Gateway; sandbox: Sandbox; close(): Promise<void> }
let desk: Desk

beforeAll(async () => {
  pair = await startPair()
})
afterAll(() => pair.close())
beforeEach(async () => {
  desk = await createDesk(() => new URL('/graphql', pair.gateway.url))
})

const LONG = `${file(line('A'))}B,${'a'.repeat(3_000_000)}`
const CUT = gzipSync(
  Array.from({ length: 20_000 }, (_, at) => line(`${(at * 7919) % 99_991}`)).reduce((text, next) => `${text}\n${next}`, HEADER),
)

/** More than one piece of a file, at whose seams characters of two units stand, and after them one that lacks its half. */
const LATE = `\uFEFF${file(...Array.from({ length: 3_000 }, (_, at) => line(`${'\u{1F600}'.repeat(at % 13)}${at}`)), line('half \uD83D'))}`

function utf16(text: string, isLittle: boolean): Buffer {
  const bytes = Buffer.from(text, 'utf16le')
  return isLittle ? bytes : bytes.swap16()
}

/** Where the packing is broken, the line is the one in which the text ends that could be had. */
const SOME = /\d+/
const SOME_LINE = /\d{2,}/
const LAST_LINE = /1\d{4}/

describe('what cannot be loaded is named with its line before a row is sent', () => {
  test.each<[string, string, string | Buffer, number | RegExp]>([
    ['UNCLOSED_QUOTE', 'a.csv', file(line('A'), '"B,L1', line('C')), 3],
    ['MISPLACED_QUOTE', 'a.csv', file(line('A'), line('B"C')), 3],
    ['MISPLACED_QUOTE', 'a.csv', file(line('A'), '"B"C,L1', line('C')), 3],
    ['RECORD_TOO_LONG', 'a.csv', LONG, 3],
    ['RECORD_TOO_LONG', 'a.ndjson', `${OBJECT}\n{"a":"${'a'.repeat(3_000_000)}"}`, 2],
    ['EMPTY_FILE', 'a.csv', '', 1],
    ['EMPTY_FILE', 'a.csv', ' \n\n', 1],
    ['NO_ROWS', 'a.csv', `${HEADER}\n`, 1],
    ['NO_HEADER', 'a.csv', `${line('A')}\n${line('B')}\n`, 1],
    ['DOUBLED_COLUMN', 'a.csv', `${HEADER},Sold_At\n${line('A')},x\n`, 1],
    ['UNKNOWN_COLUMN', 'a.csv', `${HEADER},colour\n${line('A')},x\n`, 1],
    ['MISSING_COLUMN', 'a.csv', `${HEADER.replace(',sold_at', '')}\nA,L,V,1,1,0,0\n`, 1],
    ['FORBIDDEN_NAME', 'a.csv', `${HEADER},__proto__\n${line('A')},x\n`, 1],
    ['FORBIDDEN_NAME', 'a.ndjson', `${OBJECT}\n{"__proto__":1}\n`, 2],
    ['OTHER_RESOURCE', 'a.csv', 'source_id,pack_size,updated_at,product_id\nS,1,2025-01-15 08:00:00,P\n', 1],
    ['NUL_CHARACTER', 'a.csv', file(line('A'), line('B\0')), 3],
    ['INVALID_ENCODING', 'a.csv', Buffer.from(file(line('A'), line('K\u00e4se')), 'latin1'), 3],
    ['INVALID_ENCODING', 'a.csv', Buffer.concat([Buffer.from(file(line('A'))), Buffer.from([0xe4])]), 3],
    ['INVALID_ENCODING', 'a.csv', Buffer.from(file(line('A'), line('K\u00e4se')).replaceAll('\n', '\r'), 'latin1'), 3],
    ...[true, false].map((isLittle): [string, string, Buffer, number] => ['INVALID_ENCODING', 'a.csv', utf16(LATE, isLittle), 3_002]),
    ['NOT_TEXT', 'a.csv', Buffer.from('PK\x03\x04 a workbook'), 1],
    ['NOT_TEXT', 'a.csv.gz', gzipSync('PK\x03\x04 a workbook'), 1],
    ['GZIP_CUT', 'a.csv.gz', CUT.subarray(0, CUT.length - 20), LAST_LINE],
    ['GZIP_CUT', 'a.csv.gz', CUT.subarray(0, 30), 1],
    ['GZIP_BROKEN', 'a.csv.gz', Buffer.concat([CUT.subarray(0, 2_000), Buffer.alloc(500, 1), CUT.subarray(2_500)]), SOME_LINE],
    ['GZIP_BROKEN', 'a.csv.gz', Buffer.concat([CUT.subarray(0, 20), Buffer.alloc(500, 1)]), 1],
    ['GZIP_BROKEN', 'a.csv.gz', Buffer.concat([CUT.subarray(0, 60_000), Buffer.alloc(500, 1), CUT.subarray(60_500)]), SOME_LINE],
    ['GZIP_BOMB', 'a.csv.gz', gzipSync(`${HEADER}\n${`${line('A'.repeat(2_000))}\n`.repeat(10_000)}`), SOME_LINE],
    ['INVALID_JSON', 'a.ndjson', `${OBJECT}\n{"a":\n`, 2],
    ['INVALID_JSON', 'a.json', `[${OBJECT},\n${OBJECT}`, 2],
    ['INVALID_JSON', 'a.ndjson', `${OBJECT}\n{"a":${'['.repeat(600)}${']'.repeat(600)}}\n`, 2],
    ['NOT_AN_OBJECT', 'a.ndjson', `${OBJECT}\n[1]\n`, 2],
    ['DOUBLED_COLUMN', 'a.ndjson', `${OBJECT}\n{"soldAt":"x","sold_at":"y"}\n`, 2],
    ['DOUBLED_COLUMN', 'a.ndjson', `${`${OBJECT}\n`.repeat(6_000)}{"soldAt":"x","sold_at":"y"}\n`, 6_001],
    ['DOUBLED_COLUMN', 'a.ndjson', `${OBJECT}\n${OBJECT.replace('{', '{"soldAt":"x",')}\n`, 2],
    ['DOUBLED_COLUMN', 'a.json', `[${OBJECT},\n${OBJECT.replace('{', '{"extra":{"a":1,"a":2},')}]`, 2],
    ['DECIMAL_COMMA', 'a.csv', germanFile('1.250', '399,98'), 2],
    ['DECIMAL_COMMA', 'a.csv', germanFile('1.399,98', '2', '-1.250'), 4],
    ['NOT_TEXT', 'a.csv', Buffer.from('d0cf11e0a1b11ae100', 'hex'), 1],
    ['NOT_TEXT', 'a.csv.zst', zstdCompressSync(file(line('A'), line('B'))), 1],
    ['NOT_TEXT', 'a.csv.br', brotliCompressSync(file(line('A'), line('B'))), SOME],
    ['NOT_TEXT', 'a.csv.gz', gzipSync(gzipSync(file(line('A'), line('B')))), SOME],
    ['INVALID_ENCODING', 'a.csv', Buffer.from(file(line('A'), line(`${'K\u00e4se '.repeat(30)}\u0001`)), 'latin1'), 3],
  ])('%s: %s', async (code, name, content, at) => {
    await desk.write(name, content)
    const ran = await desk.runHere([name, ...AS_SALES])
    expect(ran.code).toBe(2)
    expect(ran.err).toMatch(new RegExp(` ${code} at ${name}:${typeof at === 'number' ? at : at.source}: `))
    expect(ran.err).toContain('What to do: ')
    expect(await pair.sandbox.requests()).toEqual([])
  })

  test('how much of a damaged file was read is told by its bytes', async () => {
    const cut = CUT.subarray(0, CUT.length - 20)
    await desk.write('a.csv.gz', cut)
    const { err } = await desk.runHere(['a.csv.gz', ...AS_SALES])
    expect(cut.length).toBeGreaterThan(65_536)
    expect(err).toContain(`ends too early, after ${cut.length.toLocaleString('en')} bytes.`)
  })

  test('unknown names come with mappings that can be copied, and with these it is tried', async () => {
    await desk.write('sales.csv', `${HEADER.replace('sold_at', 'Sold-At')},kid's mum's colour,Product-Id\n${line('A')},red,A\n`)
    const refused = await desk.runHere(['sales.csv', ...AS_SALES])
    expect(refused.err).toContain("--map 'Sold-At=soldAt' --map 'kid'\\''s mum'\\''s colour=' --map 'Product-Id='")
    const maps = ['Sold-At=soldAt', "kid's mum's colour=", 'Product-Id='].flatMap((map) => ['--map', map])
    expect(await desk.runHere(['sales.csv', ...AS_SALES, ...maps, '--dry-run'])).toMatchObject({ code: 0 })
  })

  test('so it is where all names are slips of the pen; each is proposed for another column, and asked for once', async () => {
    const names = HEADER.replaceAll('_', ' ')
    await desk.write('sales.csv', `${names},colour,colour,Sold At.\n${line('A')},red,red,x\n`)
    const { err } = await desk.runHere(['sales.csv', ...AS_SALES])
    const maps = [...HEADER.split(',').map((column) => `${column.replaceAll('_', ' ')}=${camelCase(column)}`), 'colour=', 'Sold At.=']
    expect(err).toContain(`\n  ${maps.map((map) => `--map '${map}'`).join(' ')}\n`)
    expect(err).not.toContain('MISSING_COLUMN')
  })

  test.each([
    ['no file', ['nowhere.csv', ...AS_SALES], 'NO_SUCH_FILE'],
    ['a token among the arguments', ['a.csv', '--token', 'secret-token', ...AS_SALES], 'set ROWGATE_TOKEN'],
    ['no operation', ['a.csv', '--resource', 'SaleExtra'], '--upsert or --append'],
    ['a resource that is none', ['a.csv', '--append', '--resource', 'SaleExtras'], 'Did you mean SaleExtra?'],
    ['a mapping of no column', ['a.csv', ...AS_SALES, '--map', 'colour=extra.COLOUR'], 'UNKNOWN_COLUMN at a.csv: --map names "colour"'],
    ['a key for a file', ['a.csv', ...AS_SALES, '--key', 'k'], '--key is for standard input'],
    ['a key for a folder', ['.', '--append', '--key', 'k'], '--key is for standard input'],
    ['a solution that is none', ['a.csv', ...AS_SALES, '--solution', 'NONE'], 'Look up that code in docs/errors.md'],
    ['an encoding that is none', ['a.csv', ...AS_SALES, '--encoding', 'klingon'], '--encoding must be'],
    ['nothing there', ['a.csv', ...AS_SALES, '--url', 'http://127.0.0.1:9'], 'GATEWAY_UNREACHABLE'],
    ['a user in the address', ['a.csv', ...AS_SALES, '--url', 'http://user@127.0.0.1:9'], 'must not contain a user'],
  ])('%s', async (_, args, words) => {
    await desk.write('a.csv', file(line('A')))
    const ran = await desk.runHere(args)
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining(words) })
    expect(ran.err + ran.out).not.toContain('secret-token')
  })

  test('a folder of which one file is not there leaves none of the others open', async () => {
    await desk.write('Products.csv', file(line('A')))
    await symlink('nowhere', join(desk.folder, 'Suppliers.csv'))
    expect(await desk.runHere(['.', '--upsert'])).toMatchObject({ code: 2, err: expect.stringContaining('NO_SUCH_FILE') })
    const open = await Promise.all((await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')))
    expect(open.filter((path) => path.startsWith(desk.folder))).toEqual([])
  })

  test('a token that no header can hold is named as such, and not shown', async () => {
    await desk.write('a.csv', file(line('A')))
    const ran = await desk.runHere(['a.csv', ...AS_SALES], { token: 'secret\ntoken' })
    expect(ran).toMatchObject({ code: 2, err: expect.stringMatching(/TOKEN_REFUSED.*line break/) })
    expect(ran.err + ran.out).not.toContain('secret')
  })

  test('other content under the key of an earlier standard input', async () => {
    const pipe = (input: string) => desk.runHere(['-', ...AS_SALES, '--key', 'k'], { input })
    expect(await pipe(file(line('A')))).toMatchObject({ code: 0 })
    expect(await pipe(file(line('B')))).toMatchObject({
      code: 2,
      err: expect.stringMatching(/KEY_USED.*different content under the same --key/),
    })
  })
})

/** As Excel saves a sheet in Germany. */
function germanFile(...values: readonly string[]): string {
  const lines = values.map((value, at) => line(`P${at}`, { value: '@' }).replaceAll(',', ';').replace('@', value))
  return file(...lines).replace(HEADER, HEADER.replaceAll(',', ';'))
}

test('what is piped in is looked at on its way: no row is sent from where its numbers cannot be read for certain', async () => {
  const before = await pair.sandbox.requests()
  const ran = await desk.runHere(['-', ...AS_SALES, '--key', 'k'], { input: germanFile('1.250', '399,98') })
  expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('DECIMAL_COMMA at standard input:2: Line 3 has') })
  expect(await pair.sandbox.requests()).toEqual(before)
})

test('numbers that are wrong by themselves say nothing of the others: English thousands, or a comma where none has a point', async () => {
  for (const [name, values] of [
    ['english.csv', ['1,234', '1.250']],
    ['commas.csv', ['399,98', '1250']],
  ] as const) {
    await desk.write(name, germanFile(...values))
    expect(await desk.runHere([name, ...AS_SALES, '--dry-run'])).toMatchObject({
      code: 1,
      out: expect.stringContaining('1 accepted, 1 rejected'),
    })
  }
})

function camelCase(column: string): string {
  return column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}

describe('what is no gateway of today', () => {
  test('a certificate that is not trusted is named as the cause', async () => {
    const server = await startEncryptedUpstream()
    await desk.write('a.csv', file(line('A')))
    const { err } = await desk.runHere(['a.csv', ...AS_SALES, '--url', `https://127.0.0.1:${server.port}/graphql`])
    expect(err).toMatch(
      /GATEWAY_UNREACHABLE at https:\/\/127\.0\.0\.1:\d+\/graphql: Nothing answers there \([A-Z_]*CERT[A-Z_]*\)\.\n.* NODE_EXTRA_CA_CERTS/,
    )
    await server.close()
  })

  test.each([
    ['a page', 'text/html', '<html>log in</html>', 'NOT_A_GATEWAY'],
    ['another service', 'application/json', '{"data":{}}', 'NOT_A_GATEWAY'],
    [
      'an old gateway',
      'application/json',
      '{"errors":[{"message":"Cannot query field","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}',
      'GATEWAY_TOO_OLD',
    ],
  ])('%s', async (_, type, body, code) => {
    const server = createServer((_request, response) => response.setHeader('content-type', type).end(body)).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    await desk.write('a.csv', file(line('A')))
    expect(await desk.runHere(['a.csv', ...AS_SALES, '--url', `http://127.0.0.1:${port}`])).toMatchObject({
      code: 2,
      err: expect.stringContaining(code),
    })
    server.close()
  })
})
