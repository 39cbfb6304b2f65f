import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { writeXlsx } from 'hucre/xlsx'
import { describe, expect, test } from 'vitest'
import { hashText } from '../src/console/file/content-hash.ts'
import { failureOf } from '../src/console/file/failure.ts'
import { openFile } from '../src/console/file/read-rows.ts'
import { type Scan, scanFile } from '../src/console/file/scan.ts'
import { cellText, type ReadOptions, type SourceRow } from '../src/console/file/source-row.ts'
import { rejectedCsv } from '../src/console/load/rejected-csv.ts'
import type { Column } from '../src/tabular/column.ts'
import { convertCell } from '../src/tabular/convert-cell.ts'
import { FileFault } from '../src/tabular/file-faults.ts'
import { mixedForms } from '../src/tabular/number-forms.ts'
import { expectNoBomb } from '../src/tabular/read/gzip-ratio.ts'

describe('a file', () => {
  test.each([
    ['commas', 'id,name\r\n1,A\r\n2,B\r\n', {}],
    ['semicolons', 'id;name\n1;A\n2;B', {}],
    ['tabs and old line ends', 'id\tname\r1\tA\r2\tB\r', {}],
    ['a mark in front', '\ufeffid,name\n1,A\n2,B\n', {}],
    ['a first line that states them', '\ufeffsep=^\r\nid^name\r\n1^A\r\n2^B\r\n', {}],
    ['a delimiter that was chosen', 'id|name\n1|A\n2|B', { delimiter: '|' }],
  ])('of a CSV with %s is read', async (_, text, options) => {
    expect(await rowsOf('a.csv', text, options)).toEqual({
      headers: ['id', 'name'],
      cells: [
        ['1', 'A'],
        ['2', 'B'],
      ],
    })
  })

  test('says where each row begins, line breaks in quotes and empty lines counted', async () => {
    const { firstRows } = await scan('a.csv', 'id,note\r\n1,"two\r\nlines"\r\n\r\n2,x\r\n')
    expect(firstRows).toEqual([
      { number: 1, line: 2, cells: ['1', 'two\r\nlines'] },
      { number: 2, line: 5, cells: ['2', 'x'] },
    ])
  })

  test.each([
    ['gzip', gzipSync('id,name\n1,Ä\n'), 'a.csv.gz', {}, 'utf-8'],
    ['UTF-16 with its mark', Buffer.from('\ufeffid,name\n1,Ä\n', 'utf16le'), 'a.csv', {}, 'utf-16le'],
    ['UTF-16 without', Buffer.from('id,name\n1,Ä\n', 'utf16le'), 'a.csv', {}, 'utf-16le'],
    ['windows-1252 that was chosen', Buffer.from('id,name\n1,Ä\n', 'latin1'), 'a.csv', { encoding: 'windows-1252' }, 'windows-1252'],
  ] as const)('in %s is read', async (_, bytes, name, options, encoding) => {
    const scanned = await scan(name, bytes, options)
    expect([scanned.encoding, scanned.firstRows[0]?.cells]).toEqual([encoding, ['1', 'Ä']])
  })

  test('of NDJSON has the names of all its rows, whenever they come', async () => {
    const text = '{"id":"1","__proto__":"p"}\n\n{"id":2,"late":null}\n{"price":0.12345678901234567890}'
    expect(await rowsOf('a.ndjson', text)).toEqual({
      headers: ['id', '__proto__', 'late', 'price'],
      cells: [
        ['1', 'p', undefined, undefined],
        [2, undefined, null, undefined],
        [undefined, undefined, undefined, { rawJSON: '0.12345678901234567890' }],
      ],
    })
  })

  test('of JSON is an array of objects, or an object that holds one', async () => {
    const expected = { headers: ['id', 'name'], cells: [[1, 'A']] }
    expect(await rowsOf('a.json', '[{"id":1,"name":"A"}]')).toEqual(expected)
    expect(await rowsOf('a.json', '{"next":null,"rows":[{"id":1,"name":"A"}]}')).toEqual(expected)
    const laidOut = JSON.stringify({ next: null, rows: [{ id: 1, name: 'A' }] }, null, 2)
    for (const text of [laidOut, laidOut.replaceAll('\n', '\r\n'), '{"rows":[\n{"id":1,"name":"A"}]}'])
      expect([text, await rowsOf('a.json', text)]).toEqual([text, expected])
    const lines = await rowsOf('a.json', '{"id":1,"name":"A"}\n{"id":2,"name":"B"}\n')
    expect(lines.cells).toEqual([...expected.cells, [2, 'B']])
  })

  test('of Excel has its dates to the second', async () => {
    const rows = [
      ['id', 'day', 'at', 'units'],
      ['00042', new Date('2025-01-28T00:00:00Z'), new Date('2025-01-28T14:30:00Z'), 12],
    ]
    const bytes = await writeXlsx({ sheets: [{ name: 'S', rows }] })
    const [row] = (await scan('a.xlsx', Buffer.from(bytes))).firstRows
    expect(row?.cells.map(cellText)).toEqual(['00042', '2025-01-28 00:00:00', '2025-01-28 14:30:00', '12'])
    expect(convertCell(row?.cells[1], 'DATE')).toBe('2025-01-28')
  })

  test('of Excel begins where its first sheet that is not hidden does', async () => {
    const sheet = (name: string, id: string, hidden: boolean) => ({ name, hidden, rows: [[null], [null], [null, 'id'], [null, id]] })
    const bytes = await writeXlsx({ sheets: [sheet('lists', 'X', true), sheet('sales', 'A', false)], activeSheet: 1 })
    const { sheet: name, headers, firstRows, ragged } = await scan('a.xlsx', Buffer.from(bytes))
    expect({ name, headers, ragged }).toEqual({ name: 'sales', headers: ['', 'id'], ragged: 0 })
    const long = await writeXlsx({ sheets: [{ name: 'S', rows: [['id'], ['A', 'lost'], ['B', null]] }] })
    expect((await scan('a.xlsx', Buffer.from(long))).firstRagged).toMatchObject({ number: 1, cells: ['A', 'lost'] })
    expect(firstRows).toMatchObject([{ number: 1, line: 4, cells: [undefined, 'A'] }])
  })

  test('of Excel begins with the first sheet that people see', async () => {
    const hidden = await writeXlsx({
      sheets: [
        { name: 'deep', veryHidden: true, rows: [['id'], ['X']] },
        { name: 'seen', rows: [['id'], ['A']] },
      ],
    })
    expect((await scan('a.xlsx', Buffer.from(hidden))).sheet).toBe('seen')
  })

  test('of Excel has the results of its formulas, or is not read', async () => {
    const formula = (formulaResult: string | number | null) => ({ value: formulaResult, formula: '1+1', formulaResult })
    const read = async (result: string | number | null, column = 1) => {
      const cells = new Map([[`2,${column}`, formula(result)]])
      const rows = [
        ['id', 'units'],
        ['A', 1],
        ['B', null],
      ]
      const bytes = await writeXlsx({ sheets: [{ name: 'S', rows, cells }] })
      return await scan('a.xlsx', Buffer.from(bytes)).catch((error: unknown) => error)
    }
    expect(await read(2)).toMatchObject({ firstRows: [{ cells: ['A', 1] }, { cells: ['B', 2] }] })
    expect(await read(null)).toMatchObject({ code: 'BAD_SHEET', line: 3 })
    // Beside the table it is none of its cells.
    expect(await read(null, 2)).toMatchObject({ firstRows: [{}, {}] })
  })

  test('of Excel with an error in place of a value is not read: in a column of text it would be written as one', async () => {
    const rows = [['id', 'name', new Date('2025-01-28T00:00:00Z')], ['A', 'a'], ['B']]
    const read = async (column: number) => {
      const cells = new Map([[`2,${column}`, { value: '#N/A', type: 'error' as const }]])
      const bytes = await writeXlsx({ sheets: [{ name: 'S', rows, cells }] })
      return await scan('a.xlsx', Buffer.from(bytes)).catch((error: unknown) => error)
    }
    expect(await read(1)).toMatchObject({ code: 'BAD_SHEET', line: 3 })
    // Beside the table it is none of its cells.
    expect(await read(3)).toMatchObject({ headers: ['id', 'name', '2025-01-28 00:00:00'] })
  })

  test.each([
    ['empty', 'a.csv', '', 'EMPTY_FILE'],
    ['a header only', 'a.csv', 'id,name\n', 'NO_ROWS'],
    ['a quote that is never closed', 'a.csv', 'id,name\n1,"open\n2,B\n', 'UNCLOSED_QUOTE', /^Line 2: /],
    ['a quote inside of a cell', 'a.csv', 'id,name\n1,A\n2,5" pipe\n', 'MISPLACED_QUOTE', /^Line 3: /],
    [
      'a row of two megabytes',
      'a.csv',
      `id,name\n1,"${'x\n'.repeat(1_100_000)}`,
      'RECORD_TOO_LONG',
      /^Line 2: .* quote that is not closed/,
    ],
    [
      'bytes of another encoding',
      'a.csv',
      Buffer.from('id,name\n1,A\n2,\xc4\n', 'latin1'),
      'INVALID_ENCODING',
      /^Line 3: .*windows-1252.* below/,
    ],
    ['a cut gzip', 'a.csv.gz', gzipSync('id,name\n1,A\n').subarray(0, -9), 'GZIP_BROKEN'],
    ['a gzip bomb', 'a.csv.gz', gzipSync(`id\n${`${'1'.repeat(9_999)}\n`.repeat(2_000)}`), 'GZIP_BOMB', /400 times/],
    [
      'half a character of UTF-16',
      'a.csv',
      Buffer.from('\ufeffid,name\n1,\ud83d\n', 'utf16le'),
      'INVALID_ENCODING',
      /^Line 2: .* not utf-16le/,
    ],
    ['two gzips in one', 'a.csv.gz', Buffer.concat([gzipSync('id\n1\n'), gzipSync('2\n')]), 'GZIP_BROKEN'],
    ['a line that is no JSON', 'a.ndjson', '{"id":1}\n{"id":\n', 'INVALID_JSON', /^Line 2: /],
    ['a line of two megabytes', 'a.ndjson', `{"id":"${'x'.repeat(2_200_000)}"`, 'RECORD_TOO_LONG', /^Line 1: /],
    ['a document without rows', 'a.json', '{"id":1}', 'INVALID_JSON'],
    ['two lists', 'a.json', '{"rows":[{"id":1}],"more":[{"id":2}]}', 'INVALID_JSON', /or several/],
    ['an entry that is no object', 'a.json', '{"rows":[{"id":1},7]}', 'NOT_AN_OBJECT', /Entry 2/],
    ['a list that is cut', 'a.json', '[{"id":1},\n{"id":2}', 'INVALID_JSON', /^Line 2: /],
    ['an archive', 'a.csv', 'PK\x03\x04', 'NOT_TEXT'],
    ['a NUL', 'a.csv', 'id\n1\0\n', 'NUL_CHARACTER', /^Line 2: /],
    ['no workbook', 'a.xlsx', 'not a zip', 'BAD_SHEET'],
    ['too many columns', 'a.csv', `${'a,'.repeat(600)}\n1\n`, 'TOO_MANY_COLUMNS'],
  ] as const)('that is or has %s is declined with a name, a place and what to do', async (_, name, content, fault, words = /./) => {
    const error = await scan(name, content).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    const { code, message, remedy } = failureOf(error)
    expect(code).toBe(fault)
    expect(`${message} ${remedy}`).toMatch(words)
    expect(remedy).not.toBe('')
  })

  test('with ragged rows says how many and where first', async () => {
    const { ragged, firstRagged } = await scan('a.csv', 'id,name\n1,A\n2\n3,C,\n4,D,E\n')
    expect([ragged, firstRagged?.line]).toEqual([2, 3])
  })

  test('whose numbers have decimal commas here and points there is not guessed, where these columns go to numbers', async () => {
    const { numberForms } = await scan('a.csv', 'id;size;value\nA;1.250;3\nB;2;399,98\nC;3.500;1.000,5\n')
    const column = (field: string, type: Column['type']): Column => ({ field, column: field, type, presence: 'REQUIRED' })
    const columns = [column('size', 'FLOAT'), column('value', 'FLOAT'), column('note', 'STRING')]
    expect(mixedForms(numberForms, [null, 'size', 'value'], { columns })).toEqual({ comma: 3, thousands: 2 })
    expect(mixedForms(numberForms, [null, 'size', 'note'], { columns })).toBeUndefined()
    expect(mixedForms(numberForms, [null, null, 'value'], { columns })).toBeUndefined()
  })

  test('of the same content has the same name', async () => {
    const [a, b, c] = await Promise.all(['id\n1\n', 'id\n1\n', 'id\n2\n'].map((text) => scan('a.csv', text)))
    expect(a?.hash).toBe(b?.hash)
    expect(a?.hash).not.toBe(c?.hash)
    // Those of an earlier version of the page are known to gateways.
    expect(['', 'id\n1\n', 'äöü'.repeat(100)].map(hashText)).toEqual(HASHES)
  })
})

test('rejected rows make a CSV that loads again as it is, whatever stands in their cells', async () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replaceAll('\0', ''))
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(
          cell,
          cell.map((text) => `${text}.`),
        ),
        { minLength: 1, maxLength: 5 },
      ),
      async (cells) => {
        const headers = ['id', 'rejected_code', 'a "note", long']
        // A file of rejected rows may be what was loaded.
        const open = cells.map(([id, note], at) => ({ ...REJECTED, row: { number: at + 1, line: at + 2, cells: [id, 'OLD', note] } }))
        const text = rejectedCsv({ open, edits: new Map(), loaded: { scan: { headers } } as never })
        const again = await rowsOf('a.rejected.csv', text, { delimiter: ',' })
        expect(again.headers).toEqual(['rejected_line', 'rejected_field', 'rejected_code', 'rejected_message', 'id', 'a "note", long'])
        expect(again.cells.map((row) => row.slice(4))).toEqual(cells)
      },
    ),
    { numRuns: 50, examples: [[[['a\rb', 'c;d.']]]] },
  )
})

const HASHES = ['0d96711aee8d83', '184c6618e9413a', '14d291be1820c3']

const REJECTED = {
  status: 'rejected',
  retryable: false,
  issues: [{ field: 'id', column: 'id', code: 'MISSING_FIELD', message: 'id is required.', hint: null, upstreamCode: null }],
} as const

function file(name: string, content: string | Uint8Array): File {
  return new File([typeof content === 'string' ? content : Uint8Array.from(content)], name)
}

function scan(name: string, content: string | Uint8Array, options: ReadOptions = {}): Promise<Scan> {
  return scanFile(file(name, content), options, () => {}, new AbortController().signal)
}

test('a gzip file may unpack to 400 times its size, and to no more where that is much', () => {
  const unpacked = (size: number, megabytes: number) => expectNoBomb(megabytes * 1024 * 1024, size)
  unpacked(1, 16)
  unpacked(100_000, 38)
  expect(() => unpacked(100_000, 39)).toThrow(FileFault)
})

test('a file is read no further once its reading is cancelled', async () => {
  const signal = AbortSignal.abort(new Error('cancelled'))
  await expect(scanFile(file('rows.csv', 'id\n1\n'), {}, () => {}, signal)).rejects.toThrow('cancelled')
})

/** The file as it is read the second time, when its headers are known. */
async function rowsOf(name: string, content: string | Uint8Array, options: ReadOptions = {}) {
  const { headers } = await scan(name, content, options)
  const rows: SourceRow[] = []
  const opened = await openFile(file(name, content), { ...options, headers, onRead: () => {}, onBytes: () => {} })
  for await (const list of opened.rows) rows.push(...list)
  return { headers, cells: rows.map(({ cells }) => [...cells]) }
}
