import type { Arbitrary } from 'fast-check'
import { exampleRow } from '../../src/resource/define-resource.ts'
import { resourceNamed } from './rows.ts'

/** A mutation as it can be sent down both paths, with its variables. */
export interface GeneratedRequest {
  /** The document with `mark` written behind the first selection of every set directly below `rows`. */
  readonly document: (mark: string) => string
  readonly variables: Record<string, unknown>
}

/** Draws one value after the other, as fast-check's `gen` does. */
export interface Draw {
  below(count: number): number
  chance(oneIn: number): boolean
  pick<T>(choices: readonly T[]): T
}

/** Draws on top of fast-check's `gen`. */
export function drawing(gen: <T>(arbitrary: () => Arbitrary<T>) => T, integer: (max: number) => Arbitrary<number>): Draw {
  const below = (count: number) => gen(() => integer(count - 1))
  return {
    below,
    chance: (oneIn) => below(oneIn) === oneIn - 1,
    pick: <T>(choices: readonly T[]) => choices[below(choices.length)] as T,
  }
}

const MARK = '\u0001'
const SHARED = ['__typename', 'index', 'key']
const ISSUE_FIELDS = ['__typename', 'code', 'field', 'column', 'message', 'hint', 'upstreamCode']
const FIELDS: Record<string, readonly string[]> = {
  RowOutcome: ['__typename'],
  IngestedRow: SHARED,
  AcceptedRow: SHARED,
  RejectedRow: [...SHARED, 'by', 'retryable', 'retryAfterMs', 'issues'],
  UnconfirmedRow: [...SHARED, 'reason', 'safeToResend'],
  RowIssue: ISSUE_FIELDS,
}
const ROW_TYPES = ['RowOutcome', 'IngestedRow', 'AcceptedRow', 'RejectedRow', 'UnconfirmedRow']
const ABSTRACT = ['RowOutcome', 'IngestedRow']

// Every alias stands for one shape, so that selections merge wherever they meet; `flag` is another field on each type.
const ALIASES: Record<string, readonly string[]> = {
  __typename: ['kind'],
  index: ['at', '__proto__', 'constructor'],
  key: ['id', 'toString'],
  retryable: ['flag'],
  retryAfterMs: ['wait'],
  safeToResend: ['flag'],
  issues: ['why'],
  code: ['c'],
  message: ['words', 'length'],
}
const PAYLOAD_FIELDS = ['object', 'operation', 'dryRun', 'acceptedCount', 'rejectedCount', 'unconfirmedCount', '__typename']
const MUTATIONS = ['Products', 'Pricing', 'SaleExtra'].flatMap((name) => [`upsert${name}`, `append${name}`])
const ONLY = [
  '',
  '(only: [REJECTED])',
  '(only: ACCEPTED)',
  '(only: [])',
  '(only: null)',
  '(only: $only)',
  '(only: [UNCONFIRMED, REJECTED])',
]

interface Fragment {
  readonly name: string
  readonly type: string
  readonly text: string
}

/** A mutation of every form that a client may write, with good and bad rows. */
export function drawRequest(draw: Draw): GeneratedRequest {
  const fragments: Fragment[] = []
  for (let nth = draw.below(5); nth > 0; nth--) {
    const type = draw.pick([...ROW_TYPES, 'RowIssue'])
    fragments.push({ name: `F${nth}`, type, text: drawSet(draw, type, fragments, 2) })
  }
  const payloads: Fragment[] = []
  for (let nth = draw.below(3); nth > 0; nth--)
    payloads.push({ name: `P${nth}`, type: 'IngestPayload', text: drawPayload(draw, fragments, payloads) })

  const variables: Record<string, unknown> = { only: draw.pick([['REJECTED'], [], null, 'ACCEPTED', ['UNCONFIRMED', 'ACCEPTED']]) }
  const declared = ['$only: [RowStatus!]']
  const roots = Array.from({ length: 1 + draw.below(3) }, (_, at) => {
    const mutation = draw.pick(MUTATIONS)
    const rows = drawRows(draw, mutation, at, variables, declared)
    const more = draw.pick(['', '', ', dryRun: true', ', solution: null', ...(draw.chance(8) ? [', solution: "NOBODY"'] : [])])
    return `${draw.pick([`r${at}`, `again${at}`])}: ${mutation}(rows: ${rows}${more}) ${drawPayload(draw, fragments, payloads)}`
  })
  if (draw.chance(4)) roots.push('__typename')

  const body = `{\n${roots.join('\n')}\n}`
  const used = usedFragments(body, [...payloads, ...fragments])
  const text = [body, ...used.map(({ name, type, text }) => `fragment ${name} on ${type} ${text}`)].join('\n')
  const names = declared.filter((declaration) => new RegExp(`\\${declaration.split(':')[0]}\\b`).test(text))
  const operation = names.length > 0 ? `mutation (${names.join(', ')})` : 'mutation'
  return { document: (mark) => `${operation} ${text}`.replaceAll(MARK, mark), variables }
}

function drawPayload(draw: Draw, fragments: readonly Fragment[], payloads: readonly Fragment[]): string {
  const selections = Array.from({ length: draw.below(4) }, () => draw.pick(PAYLOAD_FIELDS))
  if (draw.chance(2)) selections.push('issueSummary { code field count firstIndexes message }')
  for (let nth = 1 + draw.below(3); nth > 0; nth--) {
    const only = draw.below(ONLY.length)
    // One response key always goes with one `only`; the key `rows` with none.
    const name = only === 0 ? draw.pick(['', 'all: ']) : `rows${only}: `
    const skipped = draw.chance(8) ? draw.pick([' @include(if: true)', ' @skip(if: true)']) : ''
    const rows = `${name}rows${ONLY[only]}${skipped} ${drawSet(draw, 'RowOutcome', fragments, 3, MARK)}`
    selections.push(draw.chance(4) ? `... on IngestPayload { ${rows} }` : rows)
  }
  if (payloads.length > 0) selections.push(`...${draw.pick(payloads).name}`)
  return `{ ${selections.join(' ')} }`
}

function drawSet(draw: Draw, type: string, fragments: readonly Fragment[], depth: number, mark = ''): string {
  const selections = Array.from({ length: 1 + draw.below(5) }, (_, at) => drawSelection(draw, type, fragments, depth, at === 0 ? mark : ''))
  return `{ ${selections.join(' ')} }`
}

function drawSelection(draw: Draw, type: string, fragments: readonly Fragment[], depth: number, mark: string): string {
  const form = draw.below(3)
  if (form === 1 && depth > 0) {
    const conditions = [type, ...(type === 'RowIssue' ? [] : ABSTRACT.includes(type) ? ROW_TYPES : ABSTRACT)]
    const condition = draw.chance(4) ? undefined : draw.pick(conditions)
    return `...${condition ? ` on ${condition}` : ''}${mark} ${drawSet(draw, condition ?? type, fragments, depth - 1)}`
  }
  const fitting = fragments.filter((fragment) => areRelated(fragment.type, type))
  if (form === 2 && fitting.length > 0) return `...${draw.pick(fitting).name}${mark}`
  const name = draw.pick(FIELDS[type] ?? [])
  const alias = draw.chance(3) && ALIASES[name] ? `${draw.pick(ALIASES[name])}: ` : ''
  return `${alias}${name}${mark}${name === 'issues' ? ` ${drawSet(draw, 'RowIssue', fragments, depth - 1)}` : ''}`
}

function areRelated(one: string, other: string): boolean {
  if (one === other) return true
  if (one === 'RowIssue' || other === 'RowIssue') return false
  return ABSTRACT.includes(one) || ABSTRACT.includes(other)
}

function usedFragments(body: string, all: readonly Fragment[]): Fragment[] {
  const used = new Set<Fragment>()
  const follow = (text: string): void => {
    for (const fragment of all) {
      if (used.has(fragment) || !new RegExp(`\\.\\.\\.${fragment.name}\\b`).test(text)) continue
      used.add(fragment)
      follow(fragment.text)
    }
  }
  follow(body)
  return [...used]
}

/** The argument `rows` of one mutation: a variable, a list written inline with a variable in it, or one row for the list. */
function drawRows(draw: Draw, mutation: string, at: number, variables: Record<string, unknown>, declared: string[]): string {
  const resource = mutation.replace(/^(upsert|append)/, '')
  const form = draw.below(5)
  if (form === 4) {
    const rows = Array.from({ length: draw.below(4) }, (_, nth) => literal(drawTypedRow(draw, resource, nth)))
    if (draw.chance(2)) return rows[0] ?? '[]'
    declared.push(`$row${at}: ${resource}RowInput!`)
    variables[`row${at}`] = drawRow(draw, resource, 9)
    return `[${[...rows, `$row${at}`].join(', ')}]`
  }
  declared.push(`$rows${at}: [${resource}RowInput!]!`)
  variables[`rows${at}`] = form === 3 ? drawRow(draw, resource, 0) : drawList(draw, resource)
  return `$rows${at}`
}

/** Some rows, each of them several times in a row at times: rows with the same outcome are printed together. */
function drawList(draw: Draw, resource: string): unknown[] {
  const rows = Array.from({ length: draw.below(9) }, (_, nth) => drawRow(draw, resource, nth))
  return draw.chance(2) ? rows.flatMap((row) => Array.from({ length: 1 + draw.below(12) }, () => row)) : rows
}

/** A row that fits its input type, good or bad: the fake upstream goes by the beginning of its key. */
function drawTypedRow(draw: Draw, resource: string, nth: number): Record<string, unknown> {
  const fate = draw.pick(['OK', 'OK', 'REJECT', 'CONTRADICT'])
  const extra = draw.chance(5) ? { extra: draw.pick([{ Colour: 'blue "\\ \u2028 rows:1:' }, { 'not plain': 1 }]) } : {}
  return { ...exampleRow(resourceNamed(resource)), productId: draw.chance(6) ? '' : `${fate}-${draw.chance(4) ? 0 : nth}-"é\n`, ...extra }
}

function drawRow(draw: Draw, resource: string, nth: number): unknown {
  const row = drawTypedRow(draw, resource, nth)
  const field = draw.pick(Object.keys(row))
  const { [field]: _, ...without } = row
  return draw.pick<() => unknown>([
    () => row,
    () => row,
    () => row,
    () => without,
    () => ({ ...row, [field]: null }),
    () => ({ ...row, [field]: draw.pick([7, 1.5, true, [], {}, '', 'x', '\ud800']) }),
    () => ({ ...row, [draw.pick(['packsize', 'colour', 'constructor'])]: 1 }),
    () => draw.pick<unknown>([null, 7, 'row', [], true, {}]),
  ])()
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  // A name that GraphQL cannot write is left out.
  const fields = Object.entries(value).filter(([name]) => /^\w+$/.test(name))
  return `{${fields.map(([name, field]) => `${name}: ${literal(field)}`).join(', ')}}`
}
