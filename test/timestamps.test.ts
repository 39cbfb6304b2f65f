import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isDate, isWireTimestamp, wireTimestamp } from '../src/rows/timestamp.ts'
import { startPair } from './support/gateway.ts'
import { accepted, rejected } from './support/outcomes.ts'
import { product } from './support/rows.ts'

const two = (value: number) => String(value).padStart(2, '0')

/** A timestamp in any of the forms that are taken, and one or the other thing out of its range. */
const parts = fc.record({
  year: fc.integer({ min: 1, max: 9998 }),
  month: fc.integer({ min: 0, max: 13 }),
  day: fc.integer({ min: 0, max: 32 }),
  hour: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 23 }) }, { weight: 1, arbitrary: fc.constant(24) }),
  minute: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 59 }) }, { weight: 1, arbitrary: fc.constant(60) }),
  second: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 59 }) }, { weight: 1, arbitrary: fc.constant(60) }),
  separator: fc.constantFrom('T', 't', ' '),
  fraction: fc.option(fc.stringMatching(/^[0-9]{1,12}$/), { nil: '' }),
  gap: fc.constantFrom('', ' '),
  offset: fc.oneof(
    fc.constantFrom('', 'Z', 'z'),
    fc.record({
      sign: fc.constantFrom('+', '-'),
      hours: fc.integer({ min: 0, max: 25 }),
      minutes: fc.option(fc.integer({ min: 0, max: 75 }), { nil: undefined }),
      colon: fc.constantFrom(':', ''),
    }),
  ),
})
type Parts = typeof parts extends fc.Arbitrary<infer T> ? T : never

function write({ year, month, day, hour, minute, second, separator, fraction, gap, offset }: Parts): string {
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
  const time = `${two(hour)}:${two(minute)}:${two(second)}${fraction === '' ? '' : `.${fraction}`}`
  if (offset === '') return `${date}${separator}${time}`
  if (typeof offset === 'string') return `${date}${separator}${time}${gap}${offset}`
  const { sign, hours, minutes, colon } = offset
  return `${date}${separator}${time}${gap}${sign}${two(hours)}${minutes === undefined ? '' : `${colon}${two(minutes)}`}`
}

/** The instant by arithmetic on the parts alone; undefined where there is none. */
function instantOf({ year, month, day, hour, minute, second, separator, offset }: Parts): Date | undefined {
  if (offset === '' && separator !== ' ') return undefined
  const local = new Date(0)
  local.setUTCFullYear(year, month - 1, day)
  local.setUTCHours(hour, minute, second)
  const isReal = local.getUTCMonth() === month - 1 && local.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  if (typeof offset === 'string') return isReal ? local : undefined
  const { sign, hours, minutes = 0 } = offset
  const ahead = (sign === '+' ? 1 : -1) * (hours * 60 + minutes)
  return isReal && hours < 24 && minutes < 60 ? new Date(local.getTime() - ahead * 60_000) : undefined
}

test('every form that is taken comes out as its instant, and none other is taken', () => {
  fc.assert(
    fc.property(parts, (sent) => {
      const text = write(sent)
      const instant = instantOf(sent)
      const [iso, plain] = [wireTimestamp(text, 'ISO-8601 UTC'), wireTimestamp(text, 'YYYY-MM-DD HH:MM:SS')]
      if (instant === undefined) return void expect([iso, plain]).toEqual([{ fault: 'INVALID_TIMESTAMP' }, { fault: 'INVALID_TIMESTAMP' }])

      const utc = instant.toISOString().slice(0, 19)
      const fraction = sent.fraction.replace(/0+$/, '')
      expect(iso).toBe(`${utc}${fraction === '' ? '' : `.${fraction}`}Z`)
      expect(plain).toEqual(fraction === '' ? utc.replace('T', ' ') : { fault: 'TOO_PRECISE' })
      expect(wireTimestamp(String(iso), 'ISO-8601 UTC')).toBe(iso)
    }),
    { numRuns: 3_000 },
  )
})

test.each([
  ['2024', true],
  ['2023', false],
  ['2000', true],
  ['1900', false],
  ['2100', false],
  ['2400', true],
])('29 February %s is a day: %s', (year, isDay) => {
  const day = wireTimestamp(`${year}-02-29 08:00:00`, 'YYYY-MM-DD HH:MM:SS')
  expect(day).toEqual(isDay ? `${year}-02-29 08:00:00` : { fault: 'INVALID_TIMESTAMP' })
})

test('a fraction of a million zeros takes no more time than reading it', () => {
  const zeros = '0'.repeat(1_000_000)
  expect(wireTimestamp(`2025-01-15 08:00:00.${zeros}`, 'ISO-8601 UTC')).toBe('2025-01-15T08:00:00Z')
  expect(wireTimestamp(`2025-01-15 08:00:00.${zeros}1`, 'YYYY-MM-DD HH:MM:SS')).toEqual({ fault: 'TOO_PRECISE' })
})

describe('through the gateway', () => {
  const SENT = ['2025-01-15 08:00:00.000', '2025-01-15 08:00:00 +02:00', '2025-01-15 08:00:00+00', '2025-01-15T08:00:00+0000']

  test('each form arrives upstream as its instant in the form of the module', async () => {
    const pair = await startPair()
    const rows = SENT.map((updatedAt, at) => product(`P${at}`, { updatedAt }))
    expect((await pair.gateway.ingest('upsertProducts', rows)).rows).toEqual(rows.map((_, at) => accepted(at)))
    const regions = SENT.map((updatedAt, at) => ({ regionId: `R${at}`, regionName: 'North', updatedAt }))
    expect((await pair.gateway.ingest('upsertRegion', regions)).rows).toEqual(rows.map((_, at) => accepted(at)))

    const [inventory, quote] = (await pair.sandbox.requests()).map(({ body }) => body.data.map((row) => row.updated_at))
    expect(inventory).toEqual(['2025-01-15 08:00:00', '2025-01-15 06:00:00', '2025-01-15 08:00:00', '2025-01-15 08:00:00'])
    expect(quote).toEqual(inventory?.map((text) => `${String(text).replace(' ', 'T')}Z`))
    await pair.close()
  })

  test('what is no instant, or would lose its fraction, is rejected alone', async () => {
    const pair = await startPair()
    const forms = [
      '2025-01-15 08:00:60',
      '2025-01-15 08:00:00 +01:75',
      '2025-02-30 08:00:00',
      '2025-01-15T08:00:00',
      '2025-01-15 08:00:00.001',
    ]
    const rows = [...forms, '2025-01-15 08:00:00'].map((updatedAt, at) => product(`P${at}`, { updatedAt }))
    const codes = ['INVALID_TIMESTAMP', 'INVALID_TIMESTAMP', 'INVALID_TIMESTAMP', 'INVALID_TIMESTAMP', 'TOO_PRECISE']

    expect((await pair.gateway.ingest('upsertProducts', rows)).rows).toEqual([
      ...codes.map((code, at) => rejected(at, code, 'updatedAt')),
      accepted(5),
    ])
    await pair.close()
  })
})

test.each([
  ['2025-01-28T14:30:00Z', 'ISO-8601 UTC'],
  ['2025-01-28 14:30:00', 'YYYY-MM-DD HH:MM:SS'],
] as const)('%s with anything but a digit in the place of one is no timestamp, and no day', (text, format) => {
  expect([isWireTimestamp(text, format), isDate(text.slice(0, 10))]).toEqual([true, true])
  const places = [...text].flatMap((char, at) => (/\d/.test(char) ? [at] : []))
  const spoilt = places.flatMap((at) => [...' !+-./:;aA~'].map((char) => text.slice(0, at) + char + text.slice(at + 1)))
  expect(spoilt.filter((one) => isWireTimestamp(one, format) || typeof wireTimestamp(one, format) === 'string')).toEqual([])
  expect(spoilt.map((one) => one.slice(0, 10)).filter((day) => day !== text.slice(0, 10) && isDate(day))).toEqual([])
})
