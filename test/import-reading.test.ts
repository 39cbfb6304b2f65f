import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findResource, inOrderOfReference, type Resource } from '../src/cli/import/catalogue.ts'
import { expectMapped } from '../src/cli/import/columns.ts'
import { ImportFailure } from '../src/cli/import/failure.ts'
import { guardAppend } from '../src/cli/import/guard.ts'
import { gunzipped } from '../src/cli/import/read/source.ts'
import { createCsvWriter, createJsonWriter, recordFileName } from '../src/cli/import/rejected-file.ts'
import { createProgress } from '../src/cli/import/report/progress.ts'
import type { LoadRecord } from '../src/cli/import/state-file.ts'
import type { Client } from '../src/client/index.ts'
import { FileFault } from '../src/tabular/file-faults.ts'
import { csvRecords, findDelimiter } from '../src/tabular/read/csv-records.ts'
import { decoded } from '../src/tabular/read/decode.ts'
import { jsonRecords, ndjsonRecords } from '../src/tabular/read/json-records.ts'
import type { SourceRecord } from '../src/tabular/read/records.ts'
import { peek } from '../src/tabular/read/records.ts'
import { parseExactly } from '../src/util/exact-json.ts'
import { parseJson } from '../src/util/json-text.ts'

// What is pure of reading a file, against what anybody would write first.

async function* inPieces<T extends string | Buffer<ArrayBuffer>>(whole: T, sizes: readonly number[]): AsyncIterable<T> {
  for (let [at, nth] = [0, 0]; at < whole.length; nth++) {
    const size = sizes[nth % sizes.length] ?? 1
    yield (typeof whole === 'string' ? whole.slice(at, at + size) : whole.subarray(at, at + size)) as T
    at += size
  }
}

async function all(batches: AsyncIterable<readonly SourceRecord[]>): Promise<readonly SourceRecord[]> {
  return (await Array.fromAsync(batches)).flat()
}

const pieces = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })
const cell = fc.string({ unit: fc.constantFrom(...'ab0 ,;\t|"\r\n\u00e4\u{1f600}\uFEFF'), maxLength: 8 })
const delimiter = fc.constantFrom(',', ';', '\t', '|')

describe('CSV', () => {
  test('rows that were written into a file of rejected rows are read from it as they were, however it arrives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 1, maxLength: 6 }), { maxLength: 6 }),
        delimiter,
        pieces,
        async (rows, by, sizes) => {
          const header = ['a', 'b']
          const writer = createCsvWriter(header, by)
          const complaint = { field: 'a', code: 'X', message: `it is "wrong"${by} in\r\nmany ways` }
          const text = writer.head + rows.map((cells, at) => writer.print({ line: at + 2, cells }, [complaint, complaint])).join('')
          const bytes = Buffer.from(text)
          const read = await all(csvRecords(decoded(inPieces(bytes, sizes)), by))
          expect(read.map(({ cells }) => cells?.slice(4))).toEqual([header, ...rows])
          expect(read.slice(1).map(({ cells }) => cells?.[0])).toEqual(rows.map((_, at) => String(at + 2)))
          expect(findDelimiter(text.slice(1), (name) => name.startsWith('rejected_'))).toBe(by)
        },
      ),
    )
  })

  test('what is rejected from such a file has the columns of its source once', async () => {
    const first = createCsvWriter(['a'], ',')
    const [header] = await all(csvRecords(decoded(inPieces(Buffer.from(first.head), [9])), ','))
    const second = createCsvWriter(header?.cells ?? [], ',')
    expect(second.head).toBe(first.head)
    expect(second.print({ line: 7, cells: ['2', 'f', 'C', 'm', 'value'] }, [])).toBe('7,,,,value\n')
    const old = { rejected_line: '2', rejected_field: 'f', rejected_code: 'C', rejected_message: 'm', a: 'value' }
    const complaints = [{ field: 'a', code: 'NEW', message: 'is new' }]
    expect(JSON.parse(createJsonWriter().print({ line: 7, value: old }, complaints))).toEqual({
      ...{ rejected_line: '7', rejected_field: 'a', rejected_code: 'NEW', rejected_message: 'is new' },
      a: 'value',
    })
  })

  test('a record with nothing in any cell is no row', async () => {
    const read = await all(csvRecords(inPieces('a,b\n,\n"",""\n\n ,\n,x\n', [3]), ','))
    expect(read.map(({ line, cells }) => [line, cells])).toEqual([
      [1, ['a', 'b']],
      [5, [' ', '']],
      [6, ['', 'x']],
    ])
  })

  test('each record has the line that it begins on, whatever the line ends are, in quotes and out of them', async () => {
    const end = fc.constantFrom('\n', '\r\n', '\r')
    const lines = fc.array(fc.tuple(fc.constantFrom('x,y', '"x{}y",z', '"{}{}",z', ''), end), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(lines, end, pieces, async (parts, inner, sizes) => {
        // One line end, not two.
        fc.pre(!parts.some(([, ending], at) => ending === '\r' && parts[at + 1]?.[0] === ''))
        const text = parts.map(([part, ending]) => part.replaceAll('{}', `${inner}-`) + ending).join('')
        const read = await all(csvRecords(inPieces(text, sizes), ','))
        let line = 1
        const expected: number[] = []
        for (const [part] of parts) {
          if (part !== '') expected.push(line)
          line += 1 + part.split('{}').length - 1
        }
        expect(read.map((record) => record.line)).toEqual(expected)
      }),
    )
  })
})

describe('JSON', () => {
  const parse = (text: string) => parseExactly(text)
  const value = fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4, noNullPrototype: true })
  const space = fc.string({ unit: fc.constantFrom(...' \n\t'), maxLength: 3 })

  test('the elements of an array are what a parser reads, however it arrives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(value, { maxLength: 6 }), space, pieces, async (values, gap, sizes) => {
        const text = `${gap}[${values.map((one) => gap + JSON.stringify(one) + gap).join()}${gap}]${gap}`
        expect((await all(jsonRecords(inPieces(text, sizes), parse))).map((record) => record.value)).toEqual(parseJson(text))
      }),
    )
  })

  test('each element of an array has the line that it begins on, however many it takes', async () => {
    const text = '\n[\n{"a":\n1,\n"b": "x"},\n\n{"a":2}, {"a":3\n},\n{"a":4}]\n'
    for (const sizes of [[1], [3, 5], [100]])
      expect((await all(jsonRecords(inPieces(text, sizes), parse))).map(({ line }) => line)).toEqual([3, 7, 7, 9])
  })

  test('lines of objects are read with their lines, and are written for being read again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(value, { maxLength: 6 }), pieces, async (values, sizes) => {
        const writer = createJsonWriter()
        const text = values.map((one, at) => `${writer.print({ line: at + 1, value: one }, [])}\n`).join('')
        const read = await all(ndjsonRecords(inPieces(text, sizes), parse))
        expect(read.map(({ line }) => line)).toEqual(values.map((_, at) => 2 * at + 1))
        expect(read.map((record) => writer.print(record, []))).toEqual(
          read.map(({ line, value: one }) => writer.print({ line, value: one ?? {} }, [])),
        )
        const isOwn = (name: string) => name.startsWith('rejected_')
        expect(read.map((record) => Object.fromEntries(Object.entries(record.value ?? {}).filter(([name]) => !isOwn(name))))).toEqual(
          values.map((one) => JSON.parse(JSON.stringify(one))),
        )
      }),
    )
  })

  test('an element of more than two megabytes is told with its line before all of it has come', async () => {
    const texts = async function* () {
      yield '[\n{"a":"'
      for (let piece = 0; ; piece++) {
        if (piece > 40) throw new Error('read on')
        yield 'x'.repeat(64 * 1_024)
      }
    }
    await expect(all(jsonRecords(texts(), parse))).rejects.toMatchObject({ code: 'RECORD_TOO_LONG', line: 2 })
  })

  test('lines that hold nothing but space are no rows', async () => {
    const read = await all(ndjsonRecords(inPieces('{"a":1}\n  \n\t\r\n{"a":2}\n ', [3]), parse))
    expect(read.map(({ line, value: one }) => [line, one])).toEqual([
      [1, { a: 1 }],
      [4, { a: 2 }],
    ])
  })

  test.each(['[', '[{}', '[{},', '[{},]', '[{} {}]', '{}', '[{}]{}', '[{}],', '[,{}]', 'x', '["a]'])('%s is broken', async (text) => {
    await expect(all(jsonRecords(inPieces(text, [1]), parse))).rejects.toThrow(FileFault)
  })

  test.each([
    ['[1]', 'NOT_AN_OBJECT', 1],
    ['[\n"a",\n{}]', 'NOT_AN_OBJECT', 2],
    ['[{}\n,\n[]]', 'NOT_AN_OBJECT', 3],
    ['[null]', 'NOT_AN_OBJECT', 1],
    ['[\n{"a":}]', 'INVALID_JSON', 2],
    ['\n[{}] x', 'INVALID_JSON', 2],
    ['[{"a":"\\""},\n{"b":"\\\\"},\n{"c":]}]', 'INVALID_JSON', 3],
  ])('%j is %s in line %i', async (text, code, line) => {
    await expect(all(jsonRecords(inPieces(text, [1]), parse))).rejects.toMatchObject({ code, line })
  })
})

test('what a text is, is told from its first 64 kB, however it arrives', async () => {
  const long = 'x'.repeat(100_000)
  const peeked = await peek(inPieces(`\n\n${long}`, [1_000]))
  expect(peeked.head.length).toBeGreaterThanOrEqual(65_536)
  expect((await Array.fromAsync(peeked.texts)).join('')).toBe(`\n\n${long}`)
  expect((await peek(inPieces('\n {"a":1}', [1]))).head).toBe('\n {"a":1}')
})

describe('encodings', () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab\n\u00e4\u20ac\u{1f600}'), minLength: 1, maxLength: 600 })

  test('what was written is read, however it arrives', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom('utf8', 'utf16le'), pieces, async (whole, encoding, sizes) => {
        const marked = Buffer.from(`\uFEFF${whole}`, encoding as BufferEncoding)
        expect((await Array.fromAsync(decoded(inPieces(marked, sizes)))).join('')).toBe(whole)
      }),
    )
  })

  test('what is stated counts more than what the bytes look like, and less than a byte order mark', async () => {
    const bytes = Buffer.from('\u6100\u0a00', 'utf16le')
    const read = async (whole: Buffer<ArrayBuffer>, encoding?: string) =>
      (await Array.fromAsync(decoded(inPieces(whole, [1]), { encoding }))).join('')
    expect(await read(bytes)).toBe('a\n')
    expect(await read(bytes, 'utf-16le')).toBe('\u6100\u0a00')
    expect(await read(Buffer.concat([Buffer.from([0xfe, 0xff]), bytes]), 'utf-16le')).toBe('a\n')
  })

  test.each(['utf-16le', 'utf-16be'])(
    'half a character of %s is told with its line, also behind one that came in two pieces',
    async (encoding) => {
      const bytes = Buffer.from(`\uFEFF${'\u00e4'.repeat(300)}\u{1f600}\n\n\ud83da`, 'utf16le')
      if (encoding === 'utf-16be') bytes.swap16()
      const failure = await Array.fromAsync(decoded(inPieces(bytes, [2 * 302, 1_000]))).catch((error: unknown) => error)
      expect(failure).toMatchObject({ code: 'INVALID_ENCODING', line: 3 })
    },
  )

  test('the first byte that is none of UTF-8 is told with its line', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, fc.constantFrom([0xff], [0xe4, 0x61], [0xf0, 0x9f, 0x0a]), pieces, async (before, after, bad, sizes) => {
        // Enough to have the encoding told from: what comes behind it is read piece by piece.
        const bytes = Buffer.concat([Buffer.from('\u00e4'.repeat(300) + before), Buffer.from(bad), Buffer.from(after)])
        const failure = await Array.fromAsync(decoded(inPieces(bytes, sizes))).catch((error: unknown) => error)
        expect(failure).toMatchObject({ code: 'INVALID_ENCODING', line: before.split('\n').length })
      }),
      { numRuns: 300, examples: [['a', 'a', [0xf0, 0x9f, 0x0a], [1]]] },
    )
  })
})

test.each([
  ['the first byte', [0x1f, 0x41, 0x0a]],
  ['the second byte', [0x41, 0x8b, 0x0a]],
  ['one byte', [0x1f]],
])('what has no more than %s of gzip is plain', async (_, bytes) => {
  expect(await Array.fromAsync(gunzipped(inPieces(Buffer.from(bytes), [40])))).toEqual([Buffer.from(bytes)])
})

test('a mapping is of a header that some file has, whichever', () => {
  const files = [{ headers: ['a'] }, { headers: ['b'] }]
  expect(() => expectMapped(new Map([['b', 'x']]), files)).not.toThrow()
  expect(() => expectMapped(new Map([['c', 'x']]), files)).toThrow(ImportFailure)
  // What has no first line may have any names further down.
  expect(() => expectMapped(new Map([['c', 'x']]), [...files, { headers: undefined }])).not.toThrow()
})

describe('what was appended before from a file of that name', () => {
  const HOUR = 3_600
  const earlier = { sha256: 'one', mayBeWritten: true, isTold: true, hoursAgo: 1 }
  test.each([
    ['is not known here', undefined, undefined, 0],
    ['was certainly not written', { mayBeWritten: false, sha256: 'other' }, undefined, 0],
    ['had other content', { sha256: 'other' }, 'CHANGED_SINCE_LOADED', 0],
    ['had other content, and was never heard of', { sha256: 'other', isTold: false }, 'CHANGED_SINCE_LOADED', 0],
    ['was never heard of by the gateway', { isTold: false, hoursAgo: 3 }, undefined, 0],
    ['is older than anything the gateway keeps', { hoursAgo: 3 }, 'LOAD_FORGOTTEN', 0],
    ['is known to the gateway', {}, undefined, 1],
  ])('%s', async (_, differs, code, asked) => {
    const questions: unknown[] = []
    const query = async (_: string, variables: unknown) => {
      questions.push(variables)
      return { ingestRequest: { state: 'DONE' } }
    }
    const { hoursAgo, ...load } = { ...earlier, ...differs }
    const startedAt = new Date(Date.now() - hoursAgo * HOUR * 1_000).toISOString()
    const record = { ...load, startedAt, finishedAt: null, accepted: 0, settledLine: 0, again: null } as unknown as LoadRecord
    const failure = await guardAppend({
      ...{ client: { query } as unknown as Client, path: 'a.csv', sha256: 'one', key: 'k', retentionSeconds: 2 * HOUR },
      ...{ earlier: differs === undefined ? undefined : record, signal: new AbortController().signal },
    }).catch((error: unknown) => error)
    expect(failure).toEqual(code === undefined ? undefined : expect.objectContaining({ problems: [expect.objectContaining({ code })] }))
    expect(questions).toEqual(asked === 0 ? [] : [{ key: 'k:0' }])
  })
})

describe('names of files', () => {
  test.each([
    ['sales.csv', 'sales.rejected.csv'],
    ['/data/sales.2025.csv.gz', 'sales.2025.rejected.csv'],
    ['sales', 'sales.rejected.csv'],
    ['sales.rejected.csv', 'sales.rejected.csv'],
    ['sales.rejected-2.csv', 'sales.rejected.csv'],
    ['sales.unconfirmed.csv', 'sales.rejected.csv'],
  ])('rejected rows of %s go to %s', (name, expected) => {
    expect(recordFileName(name, 'rejected', 'csv')).toBe(expected)
  })
})

describe('order', () => {
  const resource = (object: string, ...references: string[]): Resource => ({
    name: object,
    object,
    module: 'm',
    solutions: [],
    solutionObjects: [],
    columns: references.map((table) => ({
      field: 'x',
      column: 'x',
      type: 'STRING',
      presence: 'REQUIRED',
      references: `${table.toLowerCase()}.id`,
    })),
  })

  test('what is referred to comes first, also through others, and circles end', () => {
    const loads = [resource('C', 'B'), resource('A', 'A'), resource('B', 'A'), resource('X', 'Y'), resource('Y', 'X')].map((one) => ({
      resource: one,
    }))
    expect(inOrderOfReference(loads).map((load) => load.resource.name)).toEqual(['A', 'B', 'C', 'Y', 'X'])
  })
})

describe('a resource is found', () => {
  const resource = (name: string, object: string, ...solutions: string[]) =>
    ({ name, object, module: 'm', solutions, solutionObjects: [], columns: [] }) satisfies Resource
  const all = [resource('Products', 'PRODUCTS', 'ONE'), resource('QuoteItems', 'ITEMS', 'ONE', 'TWO'), resource('Items', 'QUOTE', 'TWO')]
  const twins = [...all, resource('StockItems', 'STOCK_LINES', 'ONE'), resource('SaleItems', 'STOCK_LINES', 'TWO')]

  test.each([
    ['products', undefined, 'Products'],
    ['PRO_DUCTS', 'TWO', 'Products'],
    ['items', undefined, 'Items'],
    ['quote items', undefined, 'QuoteItems'],
    ['stock-lines', 'ONE', 'StockItems'],
    ['stock-lines', 'TWO', 'SaleItems'],
  ])('by %s for solution %s: %s', (name, solution, expected) => {
    expect(findResource(name, twins, solution).name).toBe(expected)
  })

  test.each([
    ['stock_lines', undefined, /could be several/],
    ['stock_lines', 'NONE', /could be several/],
    ['product', undefined, /No resource is called product. Did you mean Products\?/],
  ])('by %s for solution %s not at all', (name, solution, words) => {
    expect(() => findResource(name, twins, solution)).toThrow(words)
  })
})

describe('progress', () => {
  const at = (isTTY: boolean) => {
    const written: string[] = []
    let time = 0
    const screen = { isTTY, columns: 120, write: (text: string) => void written.push(text) }
    const bar = createProgress(screen, 'sales.csv', () => time)
    const show = (seconds: number, done: number, waitingMs?: number) => {
      time = seconds * 1_000
      bar.show({ done, total: 1_000_000, rejected: 3, waitingMs })
    }
    return { written, show }
  }

  test('is a line every five seconds where there is no terminal, and has no escape codes', () => {
    const { written, show } = at(false)
    for (const [second, done] of [1, 2, 4, 6, 7, 11].map((second) => [second, second * 25_000] as const)) show(second, done)
    expect(written).toEqual([
      'sales.csv: 15 % of 1,000,000 rows, 25,000 rows/s, 3 rejected, 34 s left\n',
      'sales.csv: 27 % of 1,000,000 rows, 25,000 rows/s, 3 rejected, 29 s left\n',
    ])
  })

  test('says when a gateway is asked again that asks to wait, or does not answer', () => {
    const { written, show } = at(false)
    show(6, 0, 12_000)
    expect(written.join()).toMatch(/asking again in 12 s\n$/)
  })

  test('is one line on a terminal, which fits it and is written over', () => {
    const { written, show } = at(true)
    show(1, 25_000)
    show(2, 50_000)
    expect(written).toHaveLength(2)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what is looked for.
    for (const line of written) expect(line.replace(/\u001b\[[0-9;]*[mK]/g, '')).toMatch(/^\r[█░]{30} sales\.csv: \d+ % of .{1,80}$/)
  })
})
