import type { Scenario } from '../support/recording/run.ts'
import { item } from './rows.ts'

const CHECKLIST = 'query ($s: String!) { onboarding(solution: $s) { solution done steps { id title status checked next details } } }'
const ROLLOUT = `mutation ($input: RolloutInput!) { rollout(input: $input) { solutionName complete missing
  objects { __typename ... on RolledOutObject { object } ... on FailedObject { object message } } } }`
const SAVE = `mutation ($version: String!, $modules: [String!], $resources: [String!], $dryRun: Boolean) {
  saveSchema(appName: "shop", appVersion: $version, modules: $modules, resources: $resources, dryRun: $dryRun) { tables schemaDefinition } }`
const ADD = `mutation ($name: String!, $type: AttributeType!, $required: Boolean, $default: String, $maxLength: Int, $precision: Int, $scale: Int) {
  addAttribute(resource: "Suppliers", solution: "ACME", name: $name, type: $type, required: $required, nonNull: $required, default: $default,
    maxLength: $maxLength, precision: $precision, scale: $scale) { solution object name } }`
const DRIFT = 'query ($s: String!) { schemaDrift(solution: $s) { solution differences { kind object column declared found } } }'
const INPUT = { solutionName: 'ACME', appName: 'shop', appVersion: '1.0.0', targetSchemaName: 'STAGE', prefix: 'A_', suffix: '_1' }
const SUPPLIER = { supplierId: 'S1', supplierName: 'One', updatedAt: '2025-01-15T08:00:00Z' }

/** From a token to accepted rows. */
export const onboarding: Scenario = {
  name: 'onboarding',
  title: 'Onboarding: the checklist asks for what is missing, tables are saved, rolled out and compared, attributes are added.',
  about: `
The upstream is the sandbox. At start it is compared with the declarations by the gateway's own token. Ann asks what to do, does it, and asks again.`,
  settings: {
    SOLUTIONS: JSON.stringify([{ name: 'ACME', modules: ['inventory'], prefix: 'A_', suffix: '_1' }]),
    INGESTION_TOKEN: 'token-gateway',
  },
  hasSandbox: true,
  async play({ query, ingest, pass, say }) {
    await pass(100)
    await query('ann', CHECKLIST, { s: 'ACME' })
    await query('ann', ROLLOUT, { input: INPUT })
    say('saved, as a dry run, in earnest, and once more')
    await query('ann', SAVE, { version: '1.0.0', modules: ['inventory'], dryRun: true })
    await query('ann', SAVE, { version: '1.0.0', modules: ['inventory'] })
    await query('ann', SAVE, { version: '1.0.0', modules: ['inventory'] })
    await query('ann', SAVE, { version: 'one', modules: ['inventory'] })
    await query('ann', SAVE, { version: '2.0.0', resources: ['Suppliers', 'Suppliers'] })
    await query('ann', SAVE, { version: '2.0.0', resources: ['Nothing'], modules: ['x'] })
    await query('ann', SAVE, { version: '2.0.0', modules: ['inventory', 'markdown', 'quote'] })
    say('rolled out')
    await query('ann', ROLLOUT, { input: INPUT })
    await query('ann', ROLLOUT, { input: { ...INPUT, solutionName: 'OTHER', modules: ['shipping'] } })
    await query('ann', ROLLOUT, { input: { ...INPUT, solutionName: 'OTHER', modules: ['quote'] } })
    await query('ann', '{ solutions { solutionName prefix suffix targetSchemaName tableCount } }')
    await query('ann', 'query { solutionSchema(solution: "ACME") { name columns { name dataType presence isKey } } }')
    await query('ann', DRIFT, { s: 'ACME' })
    await query('ann', DRIFT, { s: 'NONE' })
    await query('ann', CHECKLIST, { s: 'ACME' })
    say('attributes')
    await query('ann', ADD, { name: 'RATING', type: 'INTEGER', required: true })
    await query('ann', ADD, { name: 'RATING', type: 'INTEGER', required: true })
    await query('ann', ADD, { name: 'bad name', type: 'STRING' })
    await query('ann', ADD, { name: 'PRICE', type: 'NUMERIC', precision: 6, scale: 2, default: '1.5' })
    await query('ann', ADD, { name: 'NOTE', type: 'STRING', maxLength: 4, default: 'longer than that' })
    await query('ann', ADD, { name: 'NOTE', type: 'STRING', maxLength: 4, precision: 3 })
    await query('ann', ADD, { name: 'SUPPLIER_NAME', type: 'STRING' })
    await query('ann', ADD, { name: 'NULLED', type: 'STRING', required: null })
    await query('ann', ADD, { name: 'SEEN', type: 'DATE', default: '2025-01-32' })
    await query('ann', DRIFT, { s: 'ACME' })
    say('rows with them')
    const extras = [
      { RATING: 3 },
      { rating: 3, PRICE: 12.345 },
      { RATING: '3' },
      { RATING: null },
      {},
      { RATING: 1, Rating: 2 },
      { RATING: 4, COLOUR: 'red' },
    ]
    await ingest(
      'ann',
      'upsertSuppliers',
      extras.map((extra, nth) => ({ ...SUPPLIER, supplierId: `S${nth}`, extra })),
      { solution: 'ACME' },
    )
    await ingest('ann', 'upsertProducts', [item('P', { extra: { COLOUR: 'red' } }), item('Q', { extra: 7 })], { solution: 'ACME' })
    await query('ann', CHECKLIST, { s: 'ACME' })
    await query('bob', CHECKLIST, { s: 'ACME' })
    await query(
      'ann',
      '{ resources(name: "Suppliers") { name title description object module primaryKey upsertMutation appendMutation rowInput columns { field column type presence isKey references minimum maximum maxLength } } }',
    )
  },
}
