import { execFile, spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { contract } from '../schema/index.ts'
import { GATEWAY_ERRORS } from '../src/errors.ts'
import { UNCONFIRMED_REASONS } from '../src/ingest/outcome.ts'
import { settings } from '../src/settings.ts'
import { startFakeUpstream } from './support/fake-upstream.ts'
import { startPair } from './support/gateway.ts'

const ROOT = new URL('..', import.meta.url).pathname
const read = (path: string) => readFile(`${ROOT}${path}`, 'utf8')
const alerts = await read('deploy/prometheus/alerts.yml')
const dashboard: Dashboard = JSON.parse(await read('deploy/grafana/rowgate.json'))

interface Panel {
  readonly id: number
  readonly title: string
  readonly type: string
  readonly targets?: readonly { readonly expr: string }[]
}
interface Dashboard {
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly name: string }[] }
}

/** The families of figures that a gateway prints, some of which have no series yet. */
let families: Set<string>

beforeAll(async () => {
  const { gateway, close } = await startPair()
  const figures = await (await gateway.fetch({ path: '/metrics' })).text()
  families = new Set([...figures.matchAll(/^# HELP (\S+)/gm)].map(([, name = '']) => name))
  await close()
})

// Tables of the store have such names, too.
const TABLES = ['rowgate_record', 'rowgate_entry']
const namesIn = (text: string) => [...new Set(text.match(/\browgate_[a-z0-9_]+/g))].filter((name) => !TABLES.includes(name))
const familyOf = (name: string) => (families.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, ''))

test('every metric that alerts and dashboard name is one that a gateway prints', () => {
  const named = namesIn(alerts + JSON.stringify(dashboard))
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((name) => !families.has(familyOf(name)))).toEqual([])
})

test('every metric of our own stands on the dashboard', () => {
  const shown = JSON.stringify(dashboard)
  const ofOurs = [...families].filter((name) => !/^rowgate_(?:process|nodejs)_/.test(name))
  expect(ofOurs.filter((name) => !shown.includes(name))).toEqual([])
})

test('every panel asks for something, has an id of its own, and goes by variables that are there', () => {
  const { panels, templating } = dashboard
  const graphs = panels.filter(({ type }) => type !== 'row')
  expect(graphs.filter(({ targets = [] }) => targets.length === 0 || targets.some(({ expr }) => expr === ''))).toEqual([])
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const variables = new Set(
    JSON.stringify(panels)
      .match(/\$\{?(?!__)\w+/g)
      ?.map((name) => name.replace(/\W/g, '')),
  )
  expect([...variables].sort()).toEqual(templating.list.map(({ name }) => name).sort())
})

test('every alert says how urgent it is, what is wrong and what to do', () => {
  const rules = alerts.split(/^ +- alert: /m).slice(1)
  expect(rules.length).toBeGreaterThan(15)
  const isWhole = (rule: string) => /severity: (?:page|ticket)/.test(rule) && /^ +summary: ./m.test(rule) && /^ +runbook: ./m.test(rule)
  expect(rules.filter((rule) => !isWhole(rule))).toEqual([])
  const named = [...alerts.matchAll(/\bRowgate[A-Z]\w+/g)].map(([name]) => name)
  const known = rules.map((rule) => rule.split('\n')[0])
  expect(named.filter((name) => !known.includes(name))).toEqual([])
})

test('lines of the log, settings, codes and commands that an alert names are there', async () => {
  const text = alerts.replace(/\s+/g, ' ')
  const logged = (await Promise.all(['reports', 'log-events'].map((name) => read(`src/observability/${name}.ts`)))).join('')
  const quoted = [...text.matchAll(/"([a-z]+ [a-z][^"{]+)"/g)].map(([, words = '']) => words)
  expect(quoted.length).toBeGreaterThan(5)
  expect(quoted.filter((words) => !logged.replace(/\$\{whose\}/, 'this tenant').includes(words))).toEqual([])
  const known = { ...settings(contract.modules).shape, ...GATEWAY_ERRORS, ...UNCONFIRMED_REASONS }
  // Node's own: its fetch goes by no proxy without it.
  const ofNode = ['NODE_USE_ENV_PROXY']
  expect(text.match(/\b[A-Z]+(?:_[A-Z]+)+\b/g)?.filter((name) => !(name in known) && !ofNode.includes(name))).toEqual([])
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(await read('package.json'))
  const [, script = '', inImage] = /npm run (\w+) \(in the image: ([^)]+)\)/.exec(text) ?? []
  expect(inImage).toBe(scripts[script])
})

test('the command by which the image asks for the upstream goes by a proxy, as the gateway does', async () => {
  const [, command = ''] = /in the image, which has no curl: (.*? console\.log\)')/.exec(alerts.replace(/\s+/g, ' ')) ?? []
  const proxy = await startFakeUpstream(() => ({ status: 418, body: {} }))
  const env = { PATH: dirname(process.execPath), HTTP_PROXY: proxy.url, INGESTION_URL: 'http://upstream.invalid' }
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command], { env })
  await proxy.close()
  expect(stdout).toContain('status: 418')
})

test('every alert is seen to come in a test of the rules', async () => {
  const tried = await read('test/deploy/alerts.yml')
  const names = [...alerts.matchAll(/^ +- alert: (\w+)$/gm)].map(([, name = '']) => name)
  expect(names.filter((name) => !tried.includes(`"${name}"`))).toEqual([])
})

const promtool = (...args: string[]) => spawnSync('promtool', args, { cwd: ROOT, encoding: 'utf8' })
const hasPromtool = promtool('--version').status === 0
if (!hasPromtool) console.log("promtool is not on this machine (Debian's package is prometheus): rules are not tried by it")

test.skipIf(!hasPromtool).each([
  ['check', 'rules', 'deploy/prometheus/alerts.yml'],
  ['check', 'config', 'deploy/prometheus/prometheus.yml'],
  ['test', 'rules', 'test/deploy/alerts.yml'],
])('promtool %s %s %s', (...args) => {
  const { status, stdout, stderr } = promtool(...args)
  expect(status, stdout + stderr).toBe(0)
})
