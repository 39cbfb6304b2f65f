import { readFileSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { startFakeUpstream } from './support/fake-upstream.ts'
import { createDesk, type Desk } from './support/import-command.ts'

// What the command tells, asks and leaves behind, whatever a gateway answers: all of it is recorded.

type Row = Readonly<Record<string, unknown>>
type Answer = { readonly status?: number; readonly body: unknown }

const LIMITS = { idempotencyRetentionSeconds: 3_600, cost: { seconds: 2.4 }, rowsPerMutation: 20_000, bytesPerBody: 33_554_432 }
const column = (field: string, type: string, presence: string, references: string | null = null) => ({
  ...{ field, column: field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), type, presence, references },
})
const RESOURCES = [
  {
    ...{ name: 'Parts', object: 'PARTS', module: 'm', solutions: ['S1', 'S2'], solutionObjects: ['S1_PARTS', 'S2_PARTS'] },
    ...{
      primaryKey: ['partId'],
      columns: [column('partId', 'STRING', 'REQUIRED'), column('thingId', 'STRING', 'REQUIRED', 'things.thing_id')],
    },
  },
  {
    ...{ name: 'Things', object: 'THINGS', module: 'm', solutions: ['S1'], solutionObjects: ['S1_THINGS'], primaryKey: ['thingId'] },
    columns: [column('thingId', 'STRING', 'REQUIRED'), column('size', 'INTEGER', 'OPTIONAL'), column('netPrice', 'FLOAT', 'OPTIONAL')],
  },
]

let asked: string[] = []
let there = new Set<string>()
let reply: (rows: readonly Row[], nth: number) => Answer
let remembered: object | null = { state: 'SETTLED' }
let desk: Desk
const told: string[] = []

const gateway = await startFakeUpstream(({ text }) => {
  const { query, variables = {} } = JSON.parse(text)
  const name = /query (\w+)/.exec(query)?.[1]
  if (name === 'ImportLimits') asked.push(`limits for ${variables.rows} rows`)
  if (name === 'ImportRemembered') {
    asked.push(`whether ${variables.key} is remembered`)
    return { status: 200, body: { data: { ingestRequest: remembered } } }
  }
  if (name === 'ImportAttributes') {
    asked.push(`attributes of ${variables.solution}`)
    const tables = [
      { name: `${variables.solution}_MORE_THINGS_OF_OTHERS`, columns: [{ name: 'HEIGHT', dataType: 'INT' }] },
      {
        name: `${variables.solution}_THINGS`,
        columns: [
          { name: 'THING_ID', dataType: 'VARCHAR' },
          { name: 'WEIGHT', dataType: 'NUMERIC(9,2)' },
        ],
      },
    ]
    return { status: 200, body: { data: { solutionSchema: tables } } }
  }
  if (!query.startsWith('mutation')) {
    const resources = RESOURCES.filter((one) => variables.name === undefined || one.name === variables.name)
    return { status: 200, body: { data: { limits: LIMITS, resources } } }
  }
  const { rows, ...others } = variables
  asked.push(`${/payload: (\w+)/.exec(query)?.[1]} ${JSON.stringify(others)} ${JSON.stringify(rows)}`)
  const { status = 200, body } = reply(rows, asked.length)
  return { status, body: body as object }
})
afterAll(() => gateway.close())

beforeEach(async () => {
  desk = await createDesk(() => gateway.url)
  vi.spyOn(Math, 'random').mockReturnValue(0)
  reply = (rows) => payload(rows)
  remembered = { state: 'SETTLED' }
  told.length = 0
  there = new Set()
})

type NotAccepted = Readonly<Record<string, unknown>> & { readonly index: number }

function payload(rows: readonly Row[], others: readonly NotAccepted[] = [], changes: object = {}): Answer {
  const [rejected, unconfirmed] = [others.filter(({ issues }) => issues), others.filter(({ reason }) => reason)]
  const counts = { acceptedCount: rows.length - others.length, rejectedCount: rejected.length, unconfirmedCount: unconfirmed.length }
  const again = { replayedCount: 0, retryableCount: 0, retryAfterMs: null, warnings: [] }
  return { body: { data: { payload: { ...counts, ...again, rows: others, ...changes } } } }
}

const issue = (code: string, field: string | null = null, hint: string | null = null) => ({
  ...{ code, field, column: field, hint, upstreamCode: null, message: `${field ?? 'The row'} is not good (${code}).` },
})
const rejected = (index: number, ...issues: readonly object[]): NotAccepted => ({ index, retryable: false, issues })
const declined = (code: string, status = 200): Answer => ({
  status,
  body: { errors: [{ message: 'It is declined.', extensions: { code } }] },
})

/** Runs the command, and keeps what it was, what it told, what was asked and what lies there then. */
async function step(what: string, args: readonly string[], call: { input?: string } = {}): Promise<void> {
  asked = []
  const { code, out, err } = await desk.runHere(args, call)
  const names = new Set((await readdir(desk.folder, { recursive: true })).sort())
  const [made, gone] = [names.difference(there), there.difference(names)]
  there = names
  told.push(`=== ${what}: import ${args.join(' ')}`, `ends with ${code}`, out, ...(err === '' ? [] : [`--- on standard error:\n${err}`]))
  told.push(
    ...asked.map((one) => `asked: ${one}`),
    `made: ${[...made].join(', ')}${gone.size > 0 ? `; gone: ${[...gone].join(', ')}` : ''}\n`,
  )
}

/** All of it, without what differs from run to run; keys and hashes are told apart by the order in which they come. */
function text(): string {
  const seen: string[] = []
  const nth = (one: string) => (seen.includes(one) ? seen.indexOf(one) : seen.push(one) - 1) + 1
  return `${told
    .join('\n')
    .replace(/ in \d+ s\.$/gm, ' in <n> s.')
    .replace(/import-[0-9a-f]{40}/g, (key) => `<key ${nth(key)}>`)
    .replace(/[0-9a-f]{64}/g, (hash) => `<sha256 ${nth(hash)}>`)
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/g, '<time>')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d/g, '<date> <minute>')
    .replace(/"key":"\d+-\d+-\d+-\d+/g, '"key":"<random>')
    .replaceAll(gateway.url, '<gateway>')
    .replaceAll(desk.folder, '<folder>')}\n`
}

const CSV = 'thing_id;size\nA;1\nB;2\nC;3\n'
const AS = ['--append', '--resource', 'Things']

test('what the command makes of each answer is as recorded', async () => {
  await desk.write('things.csv', CSV)
  const upsert = ['things.csv', '--upsert']
  const codes = ['UNAUTHENTICATED', 'FORBIDDEN', 'IDEMPOTENCY_KEY_REUSED', 'STORE_UNAVAILABLE', 'OVERLOADED', 'GRAPHQL_VALIDATION_FAILED']
  for (const code of codes) {
    reply = () => declined(code)
    await step(code, ['things.csv', ...AS])
  }
  reply = () => ({ status: 404, body: '<html>' })
  await step('a page', upsert)
  for (const code of ['UPSTREAM_UNAUTHORIZED', 'UPSTREAM_NOT_FOUND']) {
    reply = (rows) =>
      payload(
        rows,
        rows.map((_, index) => rejected(index, issue(code))),
      )
    await step(`all rows are refused with ${code}`, upsert)
  }
  await step('nobody', [...upsert, '--url', 'http://127.0.0.1:9'])
  const faults = [
    rejected(0, issue('TWO', 'size'), issue('OTHER', 'extra.x', 'a hint')),
    rejected(1, issue('WRONG_TYPE', 'size', '12, not "12"')),
  ]
  reply = (rows) => payload(rows, faults, { warnings: ['Something is to be known.'] })
  await step('rows with several issues', upsert)
  told.push(await desk.read('things.rejected.csv'))
  reply = (rows) => payload(rows, [rejected(2, issue('DUPLICATE_KEY'))], { replayedCount: 3 })
  await step('a row of a key before, and all of it was sent before', upsert)
  told.push(await desk.read('things.rejected.csv'))
  reply = (rows) => payload(rows, [], { replayedCount: 2 })
  await step('some of it was sent before', ['things.csv', ...AS])
  reply = (rows) => payload(rows, [rejected(1, issue('BAD'))])
  await step('a limit on rejected rows', [...upsert, '--max-rejected', '0', '--solution', 'S2', '--map', 'size='])
  const doubts = [
    { index: 0, retryable: false, reason: 'TIMED_OUT' },
    { index: 1, retryable: true, reason: 'NO_ANSWER' },
    { ...rejected(2, issue('UPSTREAM_BUSY')), retryable: true },
  ]
  reply = (rows) => payload(rows, doubts, { retryableCount: 2 })
  await step('rows that may go again, or may be in the table', ['things.csv', ...AS, '--again', 'once more'])
  told.push(await desk.read('things.unconfirmed.csv'))
  await expect(text()).toMatchFileSnapshot('recorded/import-answers.txt')
})

test('a defect of the command ends it with 2, as do all that are no rows’ fault, and says whose it is', async () => {
  const broken = await startFakeUpstream(() => ({ status: 200, body: { data: { resources: null } } }))
  await desk.write('things.csv', CSV)
  const { code, err } = await desk.run(['things.csv', ...AS, '--url', broken.url])
  await broken.close()
  expect([code, err]).toEqual([2, expect.stringContaining('This is a defect in the command.')])
})

test('on a terminal the bar of each part of a load is gone when it is over', async () => {
  await desk.write('things.csv', CSV)
  const { err } = await desk.runHere(['things.csv', ...AS], { isTTY: true })
  const [away, ...parts] = err.split('\r\u001b[2K').filter((part) => !part.startsWith('█') && !part.startsWith('░'))
  expect([away, parts.map((part) => part.replace(/: \d rows, [\d,]+ rows\/s/, ': <n> rows')), err.endsWith('\r\u001b[2K')]).toEqual([
    '',
    ['things.csv: looking through: <n> rows, 0 rejected', expect.stringMatching(/^things.csv: 3 rows of Things/), ''],
    true,
  ])
})

test('what the command leaves beside files, and makes of what it finds there, is as recorded', async () => {
  await desk.write('things.csv', CSV)
  reply = (rows) => {
    told.push('as rows are sent:', readFileSync(join(desk.folder, 'things.csv.rowgate.json'), 'utf8'))
    return payload(rows, [rejected(1, issue('BAD', 'size'))])
  }
  await step('first', ['things.csv', ...AS])
  reply = (rows) => payload(rows, [rejected(1, issue('BAD', 'size'))])
  told.push(await desk.read('things.csv.rowgate.json'))
  const loads = async (changes: object) => {
    const {
      about,
      loads: [first],
    } = JSON.parse(await desk.read('things.csv.rowgate.json'))
    await desk.write('things.csv.rowgate.json', JSON.stringify({ about, loads: [{ ...first, ...changes }] }))
  }
  await step('again', ['things.csv', ...AS])
  remembered = null
  await step('again, and nobody knows', ['things.csv', ...AS])
  await loads({ startedAt: new Date(Date.now() - 3_599_000).toISOString(), finishedAt: null, settledLine: 7, accepted: 1 })
  await step('as old as it is kept, and nobody knows', ['things.csv', ...AS])
  remembered = { state: 'OPEN' }
  await step('as old as it is kept', ['things.csv', ...AS])
  await loads({ startedAt: new Date(Date.now() - 3_601_000).toISOString(), again: null })
  await step('older', ['things.csv', ...AS])
  await loads({ isTold: false })
  await step('older, and nothing was told', ['things.csv', ...AS])
  await loads({ isTold: false })
  reply = () => declined('UNAUTHENTICATED')
  await step('with a token that is not taken', ['things.csv', ...AS])
  reply = (rows) => payload(rows, [rejected(1, issue('BAD', 'size'))])
  await loads({ isTold: false })
  await desk.write('things.csv', CSV.replace('C', 'D'))
  await step('changed', ['things.csv', ...AS])
  await loads({ mayBeWritten: false })
  await step('changed, of which nothing was written', ['things.csv', ...AS])
  await desk.write('things.rejected.csv', 'touched by hand')
  await step('beside a file of rejected rows that was touched', ['things.csv', '--upsert'])
  reply = (rows) => payload(rows, [rejected(0, issue('BAD', 'size'))])
  await step('the file of rejected rows itself', ['things.rejected-2.csv', '--upsert', '--resource', 'Things'])
  reply = (rows) => payload(rows)
  await step('all is well', ['things.csv', '--upsert'])
  told.push(await desk.read('things.csv.rowgate.json'))
  await expect(text()).toMatchFileSnapshot('recorded/import-beside.txt')
})

test('what the command says of arguments that cannot be meant is as recorded', async () => {
  await desk.write('things.csv', CSV)
  const wrong: readonly (readonly string[])[] = [
    ...['x', 'ftp://x', 'http://user@x', 'http://:password@x'].map((url) => ['--url', url]),
    ...['', 'ab', '"', '\n'].map((delimiter) => ['--delimiter', delimiter]),
    ...['nothing', 'nothing=', ' size = size '].map((map) => ['--map', map]),
    ...['', ' x', 'ü', 'x'.repeat(100), 'x'.repeat(101)].map((again) => ['--again', again]),
    ...['x', '1.5', '999999999', '1000000000'].map((most) => ['--max-rejected', most]),
    ...[
      ['--append'],
      ['--token', 'secret'],
      ['--authorization=secret'],
      ['--dryrun'],
      ['--dry-run=yes'],
      ['-é'],
      ['--resource'],
      ['--resource', ''],
      ['more.csv'],
    ],
  ]
  for (const args of wrong) await step('wrong', ['things.csv', '--upsert', ...args])
  await expect(text()).toMatchFileSnapshot('recorded/import-usage.txt')
})

test('what the command makes of files and names of all kinds is as recorded', async () => {
  reply = (rows) => payload(rows, [rejected(0, issue('BAD', 'size'))])
  await desk.write('a.tsv', 'thing_id\tsize\nA\t1\n')
  await step('tabs', ['a.tsv', ...AS, '--delimiter', 'tab'])
  await desk.write("it's.csv.gz", gzipSync(CSV))
  await step('gzip, and a name to be quoted', ["it's.csv.gz", ...AS, '--map', 'size=size'])
  await desk.write('commas.csv', 'thing_id;a,b,c\nA;1\n')
  await step('a name with commas', ['commas.csv', ...AS, '--map', 'a,b,c='])
  await desk.write('wide.csv', 'thing_id, b \nA,1\n')
  await step('a name with white space about it', ['wide.csv', ...AS, '--map', 'b=size'])
  await desk.write('two words.csv', CSV)
  await step('a name of two words', ['two words.csv', ...AS])
  await desk.write('things', '[{"thing_id":"A","SIZE":1,"weight":1.50},\n{"thingId":"B","netPrice":0.1}]')
  await step('JSON without an ending', ['things', '--upsert'])
  told.push(await desk.read('things.rejected.ndjson'))
  await desk.write('own.csv', 'thing_id,weight\nA,1.50\n')
  await step('a solution that the gateway has no settings for', ['own.csv', ...AS, '--solution', 'OWN'])
  await desk.write('twice.ndjson', '{"thingId":"A"}\n{"thing_id":"A","thingId":"B"}\n')
  await step('one column by two names', ['twice.ndjson', ...AS])
  await step('standard input', ['-', ...AS, '--key', 'k', '--again', 'x'], { input: CSV })
  await step('standard input without a key', ['-', '--upsert', '--resource', 'Things'], { input: CSV })
  await step('standard input to append without a key', ['-', ...AS], { input: CSV })
  await step('standard input of which nobody says what it is', ['-', '--upsert'], { input: CSV })
  await step('a key for a file', ['a.tsv', ...AS, '--key', 'k'])
  await mkdir(join(desk.folder, 'all', 'none'), { recursive: true })
  for (const name of ['.hidden.csv', 'notes.md', 'things.unconfirmed-3.csv', 'x.csv.rowgate.json']) await desk.write(`all/${name}`, 'x')
  await step('a folder without rows', ['all', '--upsert'])
  await desk.write('all/parts.csv', 'part_id,thing_id\nP,A\n')
  await desk.write('all/Things.2025.csv', 'thing_id,size\nA,1\n')
  await step('a folder for one resource', ['all', ...AS])
  await step('a folder', ['all', '--upsert', '--solution', 'S1'])
  await step('a path through a file', ['a.tsv/x.csv', ...AS])
  await desk.write('names.csv', 'thing_id,sise,WEIGHT,__proto__,thing_id,nothing\nA,1,2,3,4,5\n')
  await step('names', ['names.csv', ...AS])
  await desk.write('long.csv', `thing_id,${'x'.repeat(100)},${'y'.repeat(101)},\u001b[31mred\nA,1,2,3\n`)
  await step('long names, and one that colours', ['long.csv', ...AS])
  await step('mapped names', [
    'names.csv',
    ...AS,
    '--map',
    'sise=size',
    '--map',
    '__proto__=',
    '--map',
    'nothing=extra.other',
    '--map',
    'gone=',
  ])
  await desk.write('parts.csv', 'thing_id,size,net_price\nA,1,2\n')
  await step('the columns of another', ['parts.csv', '--upsert'])
  await step('what may be several', ['parts.csv', '--upsert', '--resource', 'thingz'])
  await desk.write('numbers.csv', 'thing_id;net_price\nA;1,5\nB;1.250\n')
  await step('numbers that may be two', ['numbers.csv', ...AS])
  const many = Array.from({ length: 120 }, (_, at) => `T${at}\n`).join('')
  await desk.write('many.csv', `thing_id\n${many}`)
  reply = (rows) =>
    payload(
      rows,
      rows.map((_, at) => rejected(at, issue(`CODE_${Math.floor(Math.sqrt(at * 5))}`, at % 2 ? 'size' : null))),
    )
  await step('many kinds of complaints', ['many.csv', '--upsert', '--resource', 'Things'])
  await desk.write('ragged.csv', `thing_id,size\n${'A,1,2\n'.repeat(3)}B\nC,1,\nD,1\n`)
  reply = (rows) => payload(rows)
  await step('ragged rows', ['ragged.csv', '--upsert', '--resource', 'Things'])
  await step('ragged rows, of which fewer may be', ['ragged.csv', '--upsert', '--resource', 'Things', '--max-rejected', '3'])
  await expect(text()).toMatchFileSnapshot('recorded/import-files.txt')
})
