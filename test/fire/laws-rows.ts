import type { Chance } from '../support/random.ts'
import type { Cells, Destination } from './history.ts'

/** A mutation as it is sent, and as it is written down. */
export interface DrawnMutation {
  readonly destination: Destination
  readonly rows: readonly Cells[]
  readonly body: string
}

interface Table {
  readonly name: string
  readonly object: string
  readonly cells: (chance: Chance) => Cells
}

/** The solutions that all tenants have, for the gateway's settings. */
export const SOLUTIONS = [
  { name: 'NORTH', modules: ['inventory'], prefix: 'N_', suffix: '' },
  { name: 'SOUTH', modules: ['inventory'], prefix: 'S_', suffix: '' },
]

const TABLES: readonly Table[] = [
  {
    name: 'Products',
    object: 'PRODUCTS',
    cells: (chance) => ({
      product_name: JSON.stringify(chance.pick(['Blue Widget', 'Größe "M"\\n', 'ひと\u2028つ 😀', '12.50', ''])),
      pack_size: chance.percent(1) ? '0' : wholeNumber(chance),
    }),
  },
  {
    name: 'OrderParameters',
    object: 'ORDER_PARAMETERS',
    cells: (chance) => ({
      location_id: '"L1"',
      review_period_days: wholeNumber(chance),
      service_level: chance.percent(1) ? '1.5' : decimal(chance),
      lead_time_days: '14',
    }),
  },
]

function wholeNumber(chance: Chance): string {
  return chance.pick(['1', '12', '2147483647', String(chance.between(1, 1_000_000))])
}

/** Between 0 and 1, with digits that a double does not keep. */
function decimal(chance: Chance): string {
  const digits = Array.from({ length: chance.between(1, 30) }, () => chance.between(0, 9)).join('')
  return chance.pick([`0.${digits}`, `0.${digits}0`, '0.50', '1.0', '5E-3', '0'])
}

const OUTCOME = '__typename ... on IngestedRow { index key } ... on RejectedRow { issues { code } } ... on UnconfirmedRow { reason }'
const HOT_KEYS = 10
const FEWEST_KEYS = 3_000

/** Draws what a mutation has in common with others that may share its requests. */
export function drawTarget(chance: Chance) {
  const dryRun = chance.percent(10)
  return { table: chance.pick(TABLES), solution: chance.pick(SOLUTIONS), operation: chance.pick(['UPSERT', 'UPSERT', 'APPEND']), dryRun }
}

/** Draws so many rows; the name of the mutation names each of them. */
export function drawMutation(
  chance: Chance,
  tenant: string,
  mutation: string,
  { table, solution, operation, dryRun }: ReturnType<typeof drawTarget>,
  count: number,
): DrawnMutation {
  const rows = Array.from({ length: count }, (_, at) => ({
    product_id: JSON.stringify(drawKey(chance, count)),
    ...table.cells(chance),
    source_id: JSON.stringify(`${mutation}#${at}`),
    updated_at: '"2025-01-15 08:00:00"',
  }))
  const query = `mutation ($rows: [${table.name}RowInput!]!, $solution: String, $dryRun: Boolean) {
    payload: ${operation.toLowerCase()}${table.name}(rows: $rows, solution: $solution, dryRun: $dryRun) {
      acceptedCount rejectedCount unconfirmedCount rows { ${OUTCOME} } } }`
  const texts = rows.map((cells) => `{${Object.entries(cells).map(([column, text]) => `"${fieldOf(column)}":${text}`)}}`)
  const body = `{"query":${JSON.stringify(query)},"variables":{"rows":[${texts}],"solution":"${solution.name}","dryRun":${dryRun}}}`
  const object = `${solution.prefix}${table.object}`
  return { destination: { tenant, object, solution: solution.name, operation, dryRun }, rows, body }
}

/** Some keys come again and again, most now and then. */
function drawKey(chance: Chance, count: number): string {
  if (chance.percent(1)) return `BAD${chance.between(1, 1_000)}`
  if (chance.percent(0.01)) return `SPOILS${chance.between(1, 1_000)}`
  if (chance.percent(3)) return `HOT${chance.between(1, HOT_KEYS)}`
  return `K${chance.between(1, Math.max(FEWEST_KEYS, 3 * count))}`
}

function fieldOf(column: string): string {
  return column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** Many small mutations, some of which one request holds, and a few that need several. */
export function drawSize(chance: Chance): number {
  if (chance.percent(70)) return chance.between(1, 8)
  if (chance.percent(80)) return chance.between(10, 60)
  return chance.percent(92) ? chance.between(100, 700) : chance.between(1_000, 3_000)
}
