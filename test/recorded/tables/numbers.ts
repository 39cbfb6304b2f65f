import { parseExactly } from '../../../src/util/exact-json.ts'
import { decimalOf, digitCounts, isHeld, isLess, isNumberText, textOf } from '../../../src/util/exact-number.ts'
import { createIntSet } from '../../../src/util/int-set.ts'
import { scanJson } from '../../../src/util/json-scan/scan-json.ts'
import { endOfText, repeatedName } from '../../../src/util/json-text.ts'
import { countJsonValues, hasMoreObjects, jsonDepthWithin, nestingFault } from '../../../src/util/json-values.ts'
import { nearestName } from '../../../src/util/nearest-name.ts'
import { createChance } from '../../support/random.ts'
import type { Table } from './table.ts'

const NUMBERS = [
  ...[
    '0',
    '-0',
    '00',
    '1',
    '-1',
    '+1',
    '1.',
    '.5',
    '1.0',
    '1.50',
    '0.1',
    '0.10',
    '-0.001',
    '1e3',
    '1E+3',
    '1e-3',
    '10e-1',
    '1.5e1',
    '1e',
    'e1',
    '1e400',
    '-1e400',
    '1e-400',
    '5e-324',
    '2e-308',
    '3e-308',
  ],
  ...[
    '9007199254740991',
    '9007199254740992',
    '9007199254740993',
    '-9007199254740993',
    '12345678901234567890',
    '0.1234567890123456',
    '0.12345678901234567',
    '0.1234567890123456789',
    '123456789.123456789',
    '1234567890123456.7891',
    '100000000000000000000',
    '1e21',
    '0.000001',
    '1e-7',
    ' 1',
    '1 ',
    '0x1',
    'NaN',
    '',
    '-',
    '1_000',
    '٣',
  ],
]

const TEXTS = [
  ...[
    '{"a":1.00}',
    '{"a":12345678901234567890}',
    '{"12345678901234567890":1}',
    '{"a":"12345678901234567890"}',
    '[1,2.50,12345678901234567890,{"b":0.1234567890123456789}]',
    '[1e400,1e-400]',
    '{"a":1e5,"b":"1e-400"}',
    '["\\"12345678901234567890"]',
    '[-12345678901234567890]',
    '[12345678901234567890x]',
    '[0.30000000000000004]',
  ],
  ...[
    '{}',
    '[]',
    '"a"',
    '{"a":{},"b":[{}]}',
    '[[[[1]]]]',
    '{"a":"{[","b":"}"}',
    '[{},{},{},{},{},{}]',
    '[1,2,3,4,5,6,7,8,9,10]',
    '{"a":1,"a":2}',
    '{"a":{"b":1,"b":2}}',
    '[{"a":1},{"a":2}]',
    '{"a":"\\"a\\":","b":1}',
    '{"\\u0061":1,"a":2}',
    '["\\\\",""]',
    '  [ 1 , 2 ]  ',
    '[',
    ']',
    '{"a',
    'null',
    '1',
  ],
]

const NAMES = [
  'packSise',
  'pack_size',
  'PACKSIZE',
  'productID',
  'product',
  'update',
  'x',
  'sourceIdentifier',
  '',
  'packSizepackSize',
  'id',
  'e_x_t_r_a',
  'EXTR',
  'up_dated_at',
  'p_a_c_k_s_i_z_e',
]
const KNOWN = new Set(['productId', 'store_id', 'sourceId', 'packSize', 'updatedAt', 'extra'])

const bytes = (text: string) => Buffer.from(text)

function attempt(work: () => unknown): string {
  try {
    return textOf(work())
  } catch (error) {
    return error instanceof Error ? error.name : 'thrown'
  }
}

function numberLine(text: string): string {
  if (!isNumberText(text)) return `${JSON.stringify(text)} is no number`
  const decimal = decimalOf(text)
  const lesser = NUMBERS.filter((other) => isNumberText(other) && isLess(decimalOf(other), decimal)).length
  const { whole, fraction } = digitCounts(decimal)
  return `${text} ${JSON.stringify(decimal)} digits ${whole} + ${fraction}, more than ${lesser} others, held ${isHeld(text)}`
}

function textLine(text: string): string {
  const all = bytes(text)
  const scan = scanJson(all)
  const found = [scan.mayBeInexact(), hasMoreObjects(all, 2), jsonDepthWithin(all, 2)]
  const faults = [nestingFault(all, scan, { maxDepth: 3, maxObjects: 2 }), nestingFault(all, scan, { maxDepth: 2, maxObjects: 5 })]
  return `${text} inexact, more than 2 objects, within 2 levels: ${found.join(' ')}; ${countJsonValues(all, scan, 100)} values, of 3 ${countJsonValues(all, scan, 3)}; ${faults.join(' ')}; twice: ${attempt(() => repeatedName(text))}; read: ${attempt(() => parseExactly(text))}, at most one: ${attempt(() => parseExactly(text, 1))}`
}

function setLines(): string[] {
  const set = createIntSet()
  const added = [5, 0, -1, 5, 1, 0, 2 ** 31 - 1, -(2 ** 31), 5, ...Array.from({ length: 60 }, (_, nth) => nth * 7 - 100)].map((number) =>
    set.add(number),
  )
  return [`a set of numbers says of each that is added whether it is new: ${added.map(Number).join('')}`]
}

/** Numbers of so many digits behind ever more white space, since a text is looked at sixteen bytes at a time. */
function placeLines(): string[] {
  const places = Array.from({ length: 34 }, (_, place) => ' '.repeat(place))
  const digits = [
    '123456789012345',
    '1234567890123456',
    '12345678901234567',
    '12345678901234560',
    '0.123456789012345678',
    '1234567.89012345678',
    '1234567890123456e2',
    '-98765432109876543',
    '"12345678901234567',
  ]
  const found = (number: string) => places.map((space) => Number(scanJson(bytes(`[${space}${number}]`)).mayBeInexact())).join('')
  return digits.map((number) => `${number} is inexact behind ever more space: ${found(number)}`)
}

/** Values are counted wherever the text begins in its memory. */
function countLines(): string[] {
  return [0, 1, 2, 3].flatMap((start) =>
    ['[1,2,3,4,5,6,7]', '{"a":[1,{},[]],"b":",[{"}', `[${'1,'.repeat(1_100)}1]`].map((text) => {
      const all = Buffer.concat([Buffer.alloc(start, ','), bytes(text)]).subarray(start)
      const limits = [1, 2, 3, 7, 8, 9, 1_101, 1_102, 1_103]
      return `${text.slice(0, 30)} from ${start}: ${limits.map((limit) => countJsonValues(all, scanJson(all), limit)).join(' ')}, ${limits.map((limit) => Number(hasMoreObjects(all, limit))).join('')}`
    }),
  )
}

/** Numbers that come and go, many of them in one place. */
function comeAndGo(): string[] {
  const chance = createChance(1)
  const set = createIntSet()
  const all = new Set<number>()
  let wrong = 0
  for (let nth = 0; nth < 20_000; nth++) {
    const number = chance.pick([0, 1, -1, 1]) * chance.between(0, 40) * chance.pick([1, 16, 4096])
    if (chance.percent(nth < 10_000 ? 60 : 40)) {
      if (set.add(number) === all.has(number)) wrong++
      all.add(number)
    } else {
      set.remove(number)
      all.delete(number)
    }
  }
  return [`of 20,000 numbers that came and went ${wrong} were taken for what they were not, ${all.size} are left`]
}

/** What numbers and JSON texts come to. */
export const numbers: Table = {
  name: 'numbers',
  title: 'Numbers to the last digit, and JSON texts before they are parsed: what is held, what is counted, what is found twice.',
  about: `
A number is its digits and where its point stands. Of a text: whether a number in it needs more digits than a double has, how many values it has, how deep it nests.`,
  lines: () => [
    ...NUMBERS.map(numberLine),
    ...TEXTS.map(textLine),
    ...['"a"', '"a\\""', '"\\\\"', '"a', 'x"'].map((text) => `${text} ends at ${endOfText(text, 0)}`),
    ...NAMES.map((name) => `${name} may be ${nearestName(name, KNOWN)}`),
    ...setLines(),
    ...comeAndGo(),
    ...placeLines(),
    ...countLines(),
  ],
}
