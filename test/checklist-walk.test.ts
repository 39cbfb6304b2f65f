import { afterAll, beforeAll, expect, test } from 'vitest'
import { contract } from '../schema/index.ts'
import { tableConflicts } from '../src/lifecycle/table-definition.ts'
import { exampleRow } from '../src/resource/define-resource.ts'
import { objectName } from '../src/resource/module.ts'
import type { Sandbox } from '../src/sandbox/sandbox.ts'
import { type Gateway, startPair } from './support/gateway.ts'
import { accepted } from './support/outcomes.ts'

let gateway: Gateway
let sandbox: Sandbox
let close: () => Promise<void>

beforeAll(async () => {
  ;({ gateway, sandbox, close } = await startPair())
})
afterAll(() => close())

const SAVE = `mutation ($appName: String!, $solution: String, $modules: [String!]) {
  saveSchema(appName: $appName, appVersion: "1.0.0", solution: $solution, modules: $modules) { tables } }`
const ROLLOUT = 'mutation ($input: RolloutInput!) { rollout(input: $input) { complete missing } }'
const ASK = 'query ($solution: String!) { onboarding(solution: $solution) { done steps { id status next } } }'

interface Place {
  readonly name: string
  readonly prefix: string
  readonly suffix: string
}

type Answer = {
  saveSchema?: { tables: string[] } | null
  rollout?: { complete: boolean; missing: string[] } | null
  onboarding?: { done: boolean; steps: { id: string; status: string; next: string | null }[] } | null
}

/** From a token that has nothing to accepted rows of every resource, as the checklist says. */
async function walk(token: string, place: Place, modules: readonly string[], choice: object): Promise<void> {
  const send = (document: string, variables: object) => gateway.send<Answer, object>(document, variables, token)
  const statuses = async () => {
    const { data } = await send(ASK, { solution: place.name })
    return Object.fromEntries(data.onboarding?.steps.map(({ id, status }) => [id, status]) ?? [])
  }
  const resources = contract.resources.filter(({ module }) => modules.includes(module))

  const saved = await send(SAVE, { appName: place.name, ...choice })
  expect(saved.data.saveSchema?.tables).toEqual(resources.map(({ object }) => object))
  const { name: solutionName, prefix, suffix } = place
  const input = { solutionName, prefix, suffix, modules, appName: place.name, appVersion: '1.0.0', targetSchemaName: 'STAGE' }
  expect((await send(ROLLOUT, { input })).data.rollout).toEqual({ complete: true, missing: [] })
  const done = { TOKEN: 'DONE', SOLUTION: 'DONE', TABLES: 'DONE', COLUMNS: 'DONE', DRY_RUN: 'DONE' }
  expect(await statuses()).toEqual({ ...done, FIRST_ROWS: 'TODO', OUTCOMES: 'TODO' })

  for (const resource of resources)
    for (const verb of ['upsert', 'append']) {
      const { rows, object } = await gateway.ingest(`${verb}${resource.graphqlName}`, [exampleRow(resource)], {
        token,
        solution: place.name,
      })
      expect(rows).toEqual([accepted(0)])
      expect(object).toBe(objectName({ ...place, modules: [] }, resource))
      expect(await sandbox.rows(object, token)).not.toEqual([])
    }
  expect(await statuses()).toEqual({ ...done, FIRST_ROWS: 'DONE', OUTCOMES: 'DONE' })
}

test('one token goes all the way with both example solutions, each module where its tables fit', async () => {
  const token = 'new-tenant'
  const ask = async (solution: string) => (await gateway.send<Answer, object>(ASK, { solution }, token)).data.onboarding?.steps
  expect((await ask('INV_OOTB'))?.find(({ id }) => id === 'SOLUTION')?.status).toBe('TODO')
  await walk(token, { name: 'INV_OOTB', prefix: 'INV_', suffix: '_OOTB' }, ['inventory'], { solution: 'INV_OOTB' })

  const whole = await gateway.send(SAVE, { appName: 'QP_OOTB', solution: 'QP_OOTB' }, token)
  expect(whole.errors?.[0]?.message).toContain('SALE cannot be one table for MarkdownSale (markdown) and QuoteSale (quote)')
  const next = (await ask('QP_OOTB'))?.find(({ id }) => id === 'TABLES')?.next
  expect(next).toContain('Name one of its modules (markdown, quote) in both, for PRODUCT, SALE cannot be one table')
  await walk(token, { name: 'QP_OOTB', prefix: 'QP_', suffix: '_OOTB' }, ['markdown'], { modules: ['markdown'] })
  await walk(token, { name: 'QP_QUOTE', prefix: 'QPQ_', suffix: '_OOTB' }, ['quote'], { modules: ['quote'] })
})

const MODULES = Object.keys(contract.modules)
const sets = Array.from({ length: 2 ** MODULES.length - 1 }, (_, bits) => MODULES.filter((_, at) => ((bits + 1) >> at) & 1))

test.each(sets.map((modules) => [modules.join(' and '), modules] as const))(
  '%s: all the way, or refused before anything is saved',
  async (name, modules) => {
    const token = `new-${modules.join('-')}`
    const mine = contract.resources.filter(({ module }) => modules.includes(module))
    const conflicts = tableConflicts(mine, contract.modules)
    if (conflicts.length === 0) return await walk(token, { name, prefix: 'A_', suffix: '_Z' }, modules, { modules })

    const { errors } = await gateway.send(SAVE, { appName: name, modules }, token)
    expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT')
    for (const { resources } of conflicts) for (const { graphqlName } of resources) expect(errors?.[0]?.message).toContain(graphqlName)
    const input = { solutionName: name, modules, appName: name, appVersion: '1.0.0', targetSchemaName: 'STAGE' }
    expect((await gateway.send(ROLLOUT, { input }, token)).errors?.[0]?.extensions?.code).toBe('UPSTREAM_REFUSED')
  },
)

test('module sets of which some fit and some do not were tried', () => {
  const fits = sets.filter(
    (modules) =>
      tableConflicts(
        contract.resources.filter(({ module }) => modules.includes(module)),
        contract.modules,
      ).length === 0,
  )
  expect(fits).toEqual([['inventory'], ['markdown'], ['quote'], ['inventory', 'quote']])
})
