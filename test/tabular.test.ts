import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cellHint } from '../src/tabular/cell-hint.ts'
import type { CellType, Column } from '../src/tabular/column.ts'
import { convertCell } from '../src/tabular/convert-cell.ts'
import { guessResources } from '../src/tabular/guess-resources.ts'
import { createHeaderNames } from '../src/tabular/header-names.ts'
import { createMakeRow } from '../src/tabular/make-row.ts'
import { findMappingProblems, matchHeaders } from '../src/tabular/match-headers.ts'
import { createLineFinder } from '../src/tabular/read/line-counter.ts'
import { decimalOf, isExactNumber } from '../src/util/exact-number.ts'
import { repeatedName } from '../src/util/json-text.ts'
import { createChance } from './support/random.ts'

// What the command and the page make of headers and cells: one table for both, which load the same file in the same way.

const column = (field: string, name: string, type: Column['type'] = 'STRING', presence: Column['presence'] = 'REQUIRED'): Column => ({
  field,
  column: name,
  type,
  presence,
})
const PRODUCTS = {
  name: 'Products',
  object: 'PRODUCTS',
  columns: [
    column('productId', 'product_id'),
    column('packSize', 'pack_size', 'INTEGER'),
    column('colour', 'colour', 'STRING', 'OPTIONAL'),
  ],
}
const OTHER = { name: 'Other', object: 'OTHER', columns: [column('taxRate', 'tax_rate', 'FLOAT')] }
const WITH_ATTRIBUTES = {
  columns: PRODUCTS.columns,
  attributes: [
    { name: 'SHELF_LIFE', dataType: 'NUMERIC(9,2)' },
    { name: 'Is_New', dataType: 'BOOLEAN' },
    { name: 'PARTS', dataType: 'SUPER' },
    { name: 'NOTE', dataType: 'VARCHAR' },
  ],
}

describe('headers', () => {
  test.each([
    ['product_id', 'productId', 'same'],
    ['PRODUCTID', 'productId', 'same'],
    [' Product_Id ', 'productId', 'same'],
    ['Product ID', 'productId', 'similar'],
    ['Product-Id', 'productId', 'similar'],
    ['pack_sise', 'packSize', 'similar'],
    ['pack_sisse', 'packSize', 'similar'],
    ['pack_sisses', null, 'unknown'],
    ['pakk_ds', null, 'unknown'],
    ['coluor', null, 'unknown'],
    ['color', 'colour', 'similar'],
    ['pack', null, 'unknown'],
    ['extra.colour', 'extra.colour', 'same'],
    ['Extra.Colour', 'extra.Colour', 'same'],
    ['EXTRA', 'extra', 'same'],
    ['extra.', null, 'unknown'],
    ['extra.two words', null, 'unknown'],
    ['extra.__proto__', null, 'unknown'],
    [`extra.${'a'.repeat(128)}`, null, 'unknown'],
    ['Rejected_Code', null, 'ours'],
    ['__proto__', null, 'unknown'],
    ['toString', null, 'unknown'],
    ['', null, 'unknown'],
    ['p'.repeat(100_000), null, 'unknown'],
  ])('%.20o goes to %s: %s', (header, target, how) => {
    expect(matchHeaders([header], PRODUCTS)).toEqual([{ header, target, how }])
  })

  test.each([
    ['shelf_life', 'extra.SHELF_LIFE'],
    ['extra.shelf_life', 'extra.SHELF_LIFE'],
    ['IS_NEW', 'extra.Is_New'],
    ['extra.is_old', 'extra.is_old'],
    ['colour', 'colour'],
  ])('of known attributes: %s goes to %s', (header, target) => {
    expect(createHeaderNames(WITH_ATTRIBUTES).targetOf(header)).toBe(target)
  })

  test('that are equal go to a field once, and the second is named; what one names is proposed for no other', () => {
    expect(matchHeaders(['pack_size', 'PACK_SIZE'], PRODUCTS).map(({ how }) => how)).toEqual(['same', 'doubled'])
    expect(matchHeaders(['pack-size', 'pack_size', 'Pack Size'], PRODUCTS).map(({ how }) => how)).toEqual(['unknown', 'same', 'unknown'])
    expect(matchHeaders(['pack-size', 'Pack Size'], PRODUCTS).map(({ how }) => how)).toEqual(['similar', 'unknown'])
  })

  test('tell which resource it is; of two alike, the one that the file is named after', () => {
    const twin = { ...PRODUCTS, name: 'Articles', object: 'ARTICLES' }
    const guesses = (file: string) =>
      guessResources(['product_id', 'pack_size'], file, [OTHER, PRODUCTS, twin]).map(({ resource }) => resource.name)
    expect(guesses('products.csv')).toEqual(['Products', 'Articles'])
    expect(guesses('articles-2025.csv')).toEqual(['Articles', 'Products'])
  })

  test('that differ by a digit go to two fields', () => {
    const twice = { columns: [column('address1', 'address_1', 'STRING'), column('address2', 'address_2', 'STRING')] }
    expect(matchHeaders(['Address 2', 'Address 1'], twice).map(({ target }) => target)).toEqual(['address2', 'address1'])
  })

  test('that do not fit are named before a row is sent', () => {
    expect(findMappingProblems(['a', 'b', 'c', 'rejected_line'], ['packSize', 'packSize', null, null], PRODUCTS)).toEqual({
      missing: [PRODUCTS.columns[0]],
      doubled: [{ target: 'packSize', first: 0, other: 1 }],
      leftOut: ['c'],
    })
  })
})

/** A number with digits that no double holds. */
function raw(digits: string): unknown {
  return (JSON as { rawJSON?(text: string): unknown }).rawJSON?.(digits)
}

describe('a cell', () => {
  test.each<[unknown, CellType, unknown]>([
    ['00042', 'STRING', '00042'],
    ['00042', 'INTEGER', 42],
    [' 12 ', 'INTEGER', 12],
    [' 12 ', 'STRING', ' 12 '],
    ['.5', 'FLOAT', 0.5],
    ['+.5', 'FLOAT', 0.5],
    ['5.', 'FLOAT', 5],
    ['12.50', 'FLOAT', 12.5],
    ['1e2', 'FLOAT', 100],
    ['-0', 'FLOAT', -0],
    ['1,5', 'FLOAT', '1,5'],
    ['1 000', 'FLOAT', '1 000'],
    ['0x10', 'INTEGER', '0x10'],
    ['Infinity', 'FLOAT', 'Infinity'],
    ['NaN', 'FLOAT', 'NaN'],
    ['-', 'FLOAT', '-'],
    ['.', 'FLOAT', '.'],
    ['1e', 'FLOAT', '1e'],
    ['NULL', 'INTEGER', 'NULL'],
    ['1.50000000000000000000', 'FLOAT', 1.5],
    ['12.0000000000000000001', 'INTEGER', raw('12.0000000000000000001')],
    ['1e400', 'FLOAT', raw('1e400')],
    ['', 'INTEGER', undefined],
    ['', 'STRING', undefined],
    ['', 'JSON', undefined],
    ['  ', 'INTEGER', undefined],
    ['2.0', 'INTEGER', 2],
    ['1.000', 'INTEGER', '1.000'],
    ['1.250', 'FLOAT', 1.25],
    ['  ', 'STRING', '  '],
    ['  ', 'TIMESTAMP', undefined],
    ['  ', 'DATE', undefined],
    ['  ', 'JSON', undefined],
    ['28.01.2025', 'DATE', '28.01.2025'],
    [' 2025-01-28 ', 'DATE', '2025-01-28'],
    ['2025-01-28 14:30:00 ', 'TIMESTAMP', '2025-01-28 14:30:00'],
    ['True', 'BOOLEAN', true],
    ['yes', 'BOOLEAN', true],
    ['f', 'BOOLEAN', false],
    ['1', 'BOOLEAN', true],
    ['2', 'BOOLEAN', '2'],
    ['true', 'STRING', 'true'],
    ['{"a":1}', 'JSON', { a: 1 }],
    ['{"a":[0.12345678901234567890]}', 'JSON', { a: [raw('0.12345678901234567890')] }],
    ['{"a":', 'JSON', '{"a":'],
    [undefined, 'INTEGER', undefined],
    [null, 'INTEGER', null],
    [42, 'STRING', 42],
    [{ rawJSON: '0.12345678901234567890' }, 'FLOAT', raw('0.12345678901234567890')],
    [{ deep: [{ rawJSON: '0.12345678901234567890' }] }, 'JSON', { deep: [raw('0.12345678901234567890')] }],
    [{ rawJSON: 'no digits' }, 'JSON', { rawJSON: 'no digits' }],
    [new Date('2025-01-28T00:00:00Z'), 'DATE', '2025-01-28'],
    [new Date('2025-01-28T14:30:00Z'), 'DATE', '2025-01-28 14:30:00'],
    [new Date('2025-01-28T23:59:58.999914Z'), 'TIMESTAMP', '2025-01-28 23:59:59'],
    [new Date('1899-12-31T14:30:00Z'), 'TIMESTAMP', '14:30:00'],
    [new Date('1899-12-30T00:00:00Z'), 'DATE', '00:00:00'],
    [new Date('1900-01-01T00:00:00Z'), 'DATE', '1900-01-01'],
  ])('%o in a column of %s is %o', (cell, type, expected) => {
    expect(convertCell(cell, type)).toEqual(expected)
  })

  const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 30 })
  const number = fc
    .tuple(fc.constantFrom('', '-', '+'), digits, fc.option(digits), fc.option(fc.integer({ min: -400, max: 400 })))
    .map(
      ([sign, whole, fraction, exponent]) =>
        `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`,
    )

  test('of a number keeps its value, digit by digit', () => {
    fc.assert(
      fc.property(number, (text) => {
        const value = convertCell(text, 'FLOAT')
        const written = JSON.stringify(value)
        expect(typeof value === 'number' || isExactNumber(value)).toBe(true)
        const plain = text.replace(/^\+/, '').replace(/^(-?)0+(?=\d)/, '$1')
        const { isNegative, ...same } = decimalOf(written)
        expect(same).toEqual({ digits: decimalOf(plain).digits, point: decimalOf(plain).point })
        if (same.digits !== '') expect(isNegative).toBe(text.startsWith('-'))
      }),
    )
  })

  test('of a number that is out of reach is never printed as null', () => {
    for (const text of ['1e400', '-1e400', '1e-400']) expect(JSON.stringify(convertCell(text, 'FLOAT'))).toBe(text)
  })
})

describe('a row', () => {
  test('has each cell by its target, and attributes by their types; names of attributes do no harm', () => {
    const make = createMakeRow(WITH_ATTRIBUTES, [
      'productId',
      null,
      'packSize',
      'extra.__PROTO__',
      'extra.NOTE',
      'extra.SHELF_LIFE',
      'extra.PARTS',
    ])
    expect(make(['P-1', 'left out', '12', 'x', '', '1.50', '[1]'])).toEqual({
      productId: 'P-1',
      packSize: 12,
      extra: { __PROTO__: 'x', SHELF_LIFE: 1.5, PARTS: [1] },
    })
    expect(make(['', '', '', '', '', '', ''])).toEqual({})
  })

  test('has days and timestamps of attributes as those of declared columns, in texts and in sheets', () => {
    const attributes = [
      { name: 'FROM_DAY', dataType: 'date' },
      { name: 'SEEN_AT', dataType: 'TIMESTAMP' },
      { name: 'SOLD_AT', dataType: 'datetime' },
    ]
    const make = createMakeRow({ columns: [], attributes }, ['extra.FROM_DAY', 'extra.SEEN_AT', 'extra.SOLD_AT'])
    const day = new Date('2025-01-15T00:00:00Z')
    const expected = { FROM_DAY: '2025-01-15', SEEN_AT: '2025-01-15 00:00:00', SOLD_AT: '2025-01-15 00:00:00' }
    expect(make([day, day, day])).toEqual({ extra: expected })
    expect(make([' 2025-01-15', '2025-01-15 00:00:00 ', '\u00a02025-01-15 00:00:00'])).toEqual({ extra: expected })
    expect(make([' ', ' ', ''])).toEqual({})
  })

  test.each([
    ['{"A":1}', { A: 1, NOTE: 'n' }],
    ['{"A":1,"NOTE":"m"}', { A: 1, NOTE: 'n' }],
    ['', { NOTE: 'n' }],
    ['no JSON', 'no JSON'],
    ['[1]', [1]],
    ['null', null],
    ['0.12345678901234567890', raw('0.12345678901234567890')],
  ])('whose field extra holds %o keeps that beside its attributes, or as it is for the gateway to refuse', (extra, expected) => {
    expect(createMakeRow(WITH_ATTRIBUTES, ['extra', 'extra.NOTE'])([extra, 'n'])).toEqual({ extra: expected })
  })
})

describe('a name that stands twice in an object', () => {
  test.each([
    ['{"a":1,"a":1}', true],
    ['{"a":1,"\\u0061":1}', true],
    ['[{"a":[{"b":{"c":1,"c":{}}}]}]', true],
    ['{"rawJSON":"1","rawJSON":"1"}', true],
    ['{"__proto__":1,"__proto__":2}', true],
    ['{"a":{"a":1},"b":{"a":1}}', false],
    ['{"a:\\":":":","b\\\\":":"}', false],
    ['{"rawJSON":"12345678901234567890"}', false],
    ['{"__proto__":1}', false],
    ['12', false],
  ])('of %s is seen: %s', (text, isSeen) => expect(repeatedName(text) !== undefined).toBe(isSeen))

  test('is seen in no JSON that was printed, and in each into which one was put', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        expect(repeatedName(text)).toBeUndefined()
        expect(repeatedName(`{"a":${text},"\\u0061":${text}}`) !== undefined).toBe(true)
      }),
    )
  })

  test('is looked for however deep a text nests', () => {
    expect(repeatedName(`${'['.repeat(200_000)}{"a":1,"a":2}${']'.repeat(200_000)}`) !== undefined).toBe(true)
  })
})

test.each([
  ['salesUnits must be a whole number.', 'send it without quotes', 'digits only'],
  ['salesValue must be a number.', 'send it without quotes', expect.stringContaining('a point before decimals')],
  ['productId must be a string.', 'send it in quotes', expect.stringContaining('save the sheet as CSV')],
  ['isActive must be true or false.', 'send true or false without quotes', null],
])('of the complaint that %s people with a table are told what to write into a cell', (message, hint, expected) => {
  expect(cellHint({ code: 'WRONG_TYPE', message, hint })).toEqual(expected)
  expect(cellHint({ code: 'OTHER', message, hint })).toBe(hint)
})

test('the line of an offset in bytes is that of its character, whatever stands before it and however the text comes', () => {
  const chance = createChance(1)
  for (let nth = 0; nth < 200; nth++) {
    const units = Array.from({ length: 60 }, () => chance.pick(['a', 'é', '€', '\u{1F600}', '\n', '\r\n', '\r']))
    const text = units.join('')
    const finder = createLineFinder()
    for (let from = 0, to = 0; from < text.length; from = to) {
      to += chance.between(1, 20)
      finder.add(text.slice(from, to))
    }
    for (let at = 0; at < units.length; at += chance.between(1, 5)) {
      const before = units.slice(0, at).join('')
      // Between a return and a newline nobody asks.
      if (before.endsWith('\r') && units[at]?.startsWith('\n')) continue
      expect(finder.lineAt(Buffer.byteLength(before))).toBe(before.split(/\r\n|\r|\n/).length)
    }
  }
})
