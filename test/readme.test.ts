import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { contract } from '../schema/index.ts'
import { readConfig } from '../src/config.ts'
import { GATEWAY_ERRORS } from '../src/errors.ts'
import { exampleSolutions } from '../src/resource/module.ts'
import { settings } from '../src/settings.ts'
import { meaningOf } from '../src/util/code-words.ts'
import { bareSchema } from './support/bare-schema.ts'
import { startPair } from './support/gateway.ts'

const ROOT = new URL('..', import.meta.url)
const readme = await readFile(new URL('README.md', ROOT), 'utf8')
const { scripts }: { scripts: Record<string, string> } = JSON.parse(await readFile(new URL('package.json', ROOT), 'utf8'))

/** What stands under a heading of the README, to the next one of its level. */
function sectionOf(heading: string): string {
  return readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
}

/** The table of settings: each name with its default as it is written. */
const told = new Map(
  [...sectionOf('Settings').matchAll(/^\| (`[A-Z].*?`) +\| (.*?) +\|/gm)].flatMap(([, names = '', defaults = '']) =>
    names.split(', ').map((name, at) => [name.replaceAll('`', ''), defaults.split(', ')[at] ?? defaults] as const),
  ),
)
const known = settings(contract.modules).shape
const isSetting = (name: string): name is keyof typeof known => name in known

test('the table of settings has every setting, and none that is not one', () => {
  expect([...told.keys()].sort()).toEqual(Object.keys(known).sort())
})

test.each([...told])('%s is told with its true default: %s', (name, words) => {
  if (!isSetting(name)) return
  const fallback = known[name].safeParse(undefined).data
  const value = /^`(.*)`$/.exec(words)?.[1]
  if (words === 'the two example solutions') expect(fallback).toEqual(exampleSolutions(contract.modules))
  else if (words === 'unset') expect(fallback ?? []).toEqual([])
  else if (fallback !== undefined) expect(known[name].parse(value)).toEqual(fallback)
  else expect(readConfig({ [name]: value }, contract.modules)).toEqual(readConfig({}, contract.modules))
})

test.each([...told.keys()])('%s is read: what cannot be meant is refused by its name', (name) => {
  const takesAnything = ['HOST', 'SANDBOX_FILE', 'NODE_ENV'].includes(name)
  if (!takesAnything) expect(() => readConfig({ [name]: '\0' }, contract.modules)).toThrow(name)
})

test('the metrics that are told of are those of GET /metrics, in the same words', async () => {
  const pair = await startPair()
  const figures = await (await pair.gateway.fetch({ path: '/metrics' })).text()
  await pair.close()
  const printed = [...figures.matchAll(/^# HELP (\S+) (.*)$/gm)].filter(([, name = '']) => !/^rowgate_(?:process|nodejs)_/.test(name))
  const listed = [...sectionOf('Settings').matchAll(/^\| `(rowgate_[a-z_]+)` *\| (.*?) *\|$/gm)]
  const byName = (found: readonly RegExpExecArray[]) => Object.fromEntries(found.map(([, name, words]) => [name, words]))
  expect(byName(listed)).toEqual(byName(printed))
  expect(readme.match(/\browgate_[a-z_]*[a-z]\b/g)?.filter((name) => !(name in byName(printed)))).toEqual([])
})

test('every line that the gateway logs is told of by how it begins, and none that it does not', async () => {
  const files = ['observability/reports.ts', 'observability/log-events.ts', 'observability/otel-sdk.ts', 'main.ts', 'app.ts']
  const sources = await Promise.all(files.map((file) => readFile(new URL(`src/${file}`, ROOT), 'utf8')))
  const words = /^(?!.*(?:\/[/*]|breakOff)).*?(?:'([a-z]+ [a-z][^']{18,})'|'(stopping: [^']+)'|"([a-z][^"]{18,})"|`([a-z][^$`]{18,})\$)/gm
  const logged = [...sources.join('\n').matchAll(words)].map((found) => found.slice(1).find((text) => text !== undefined) ?? '')
  const told = [...(readme.split('\n### Log\n')[1]?.split('\n### ')[0] ?? '').matchAll(/^\| `(.*?)` +\|/gm)].flatMap(([, starts = '']) =>
    starts.split('`, `'),
  )
  expect(logged.length).toBeGreaterThan(18)
  expect(logged.filter((line) => !told.some((start) => line.startsWith(start)))).toEqual([])
  expect(told.filter((start) => !logged.some((line) => line.startsWith(start)))).toEqual([])
})

test('which role a query, or a mutation of tables, needs is told of each', () => {
  const schema = bareSchema()
  const ofRows = new Set(contract.resources.flatMap(({ graphqlName }) => [`upsert${graphqlName}`, `append${graphqlName}`]))
  const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) => Object.keys(type?.getFields() ?? {}))
  const told: readonly string[] = sectionOf('Who calls').match(/`\w+`/g) ?? []
  expect(fields.filter((name) => !ofRows.has(name) && !told.includes(`\`${name}\``))).toEqual([])
})

test('every trial is told of, and none that is not one', async () => {
  const contributing = await readFile(new URL('CONTRIBUTING.md', ROOT), 'utf8')
  const list = contributing.split('\n## Trials\n')[1]?.split('\n## ')[0] ?? ''
  const told = [...list.matchAll(/^- (.*?): |; `([\w-]+)`: /gm)].flatMap(([, first, other]) =>
    (first ?? other ?? '').replaceAll('`', '').split(', '),
  )
  const { stderr } = spawnSync(process.execPath, [new URL('test/fire/main.ts', ROOT).pathname], { encoding: 'utf8' })
  expect(told.sort()).toEqual(/trial: ([^;]*);/.exec(stderr)?.[1]?.split(', ').sort())
  const named = [...(readme + contributing).matchAll(/npm run fire -- ([a-z-]+)/g)].map(([, name]) => name)
  expect(named.filter((name = '') => !told.includes(name))).toEqual([])
})

test('every npm command that people are told of is a script', async () => {
  const texts = readme + (await readFile(new URL('CONTRIBUTING.md', ROOT), 'utf8'))
  const commands = [...texts.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)].map(([, script, own]) => script ?? own ?? '')
  expect(commands.length).toBeGreaterThan(8)
  expect(commands.filter((command) => !(command in scripts))).toEqual([])
})

test('the image starts what `npm start` starts, flags included', async () => {
  const dockerfile = await readFile(new URL('Dockerfile', ROOT), 'utf8')
  const command: string[] = JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? '[]')
  expect(command.join(' ')).toBe(scripts.start)
  expect(readme).toContain(`\`${scripts.start}\``)
})

test('the codes of errors are those of the list, with their statuses and meanings', () => {
  const rows = [...readme.matchAll(/^\| `([A-Z_]+)` *\| (\d{3}) *\| (yes)? *\| (.*?) *\|$/gm)]
  const listed = rows.map(([, code, status, again, meaning]) => [code, { status: Number(status), retryable: again === 'yes', meaning }])
  const declared = Object.entries(GATEWAY_ERRORS).map(([code, { status, retryable, ...words }]) => [
    code,
    { status, retryable, meaning: meaningOf(words) },
  ])
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(declared))
})

test.each([
  ['--help', 0],
  ['--hlep', 1],
])('a trial that is asked for with %s says how it is used, and does not begin', (flag, status) => {
  const ended = spawnSync(process.execPath, [new URL('test/fire/main.ts', ROOT).pathname, 'outage', '--short', flag], {
    encoding: 'utf8',
    timeout: 55_000,
  })
  expect(ended.status).toBe(status)
  expect(ended.stdout + ended.stderr).toContain('npm run fire -- outage [--short] [--help]')
})
