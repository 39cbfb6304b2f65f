import fc from 'fast-check'
import {
  buildSchema,
  type DocumentNode,
  type FieldNode,
  type GraphQLObjectType,
  getIntrospectionQuery,
  getOperationAST,
  graphqlSync,
  Lexer,
  type OperationDefinitionNode,
  parse,
  Source,
  TokenKind,
} from 'graphql'
import { describe, expect, test } from 'vitest'
import { createEstimate } from '../src/graphql/cost/answer-estimate.ts'
import { boundAnswer, createAnswerSizes } from '../src/graphql/cost/answer-limit.ts'
import { weighAnswers } from '../src/graphql/cost/answer-weights.ts'
import { boundSelections, measureDocument } from '../src/graphql/cost/document-cost.ts'
import { bracketDepth } from '../src/graphql/cost/document-text.ts'
import { fragmentsOf, hasFragmentCycle, rootFields } from '../src/graphql/cost/fragments.ts'
import { createIntrospectionMeasure } from '../src/graphql/cost/introspection-size.ts'
import { DOCUMENT_LIMITS } from '../src/graphql/cost/limits.ts'
import { atMostRows } from '../src/graphql/fields/ingest-mutations.ts'
import { createRowCount } from '../src/graphql/plugins/use-row-limit.ts'
import { parsedLists } from '../src/graphql/row-lists.ts'
import { bareSchema } from './support/bare-schema.ts'

const schema = bareSchema()

describe('the text', () => {
  const piece = fc.constantFrom(
    ...[
      '{',
      '}',
      '[',
      ']',
      'a',
      ' ',
      '\n',
      '\r',
      '#',
      '"',
      '\\',
      '\\"',
      '""',
      '"""',
      '\\"""',
      '"{"',
      '"\\"["',
      '"""{"""',
      '#{\n',
      ',',
      '(',
      'é',
    ],
  )

  test('brackets are counted as the parser reads them, up to where it gives up', () => {
    const property = fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const text = pieces.join('')
      const { depth, end } = depthByLexer(text)
      expect(bracketDepth(text.slice(0, end))).toBe(depth)
      expect(bracketDepth(text)).toBeGreaterThanOrEqual(depth)
    })
    fc.assert(property, { numRuns: 5_000 })
  })

  test.each([
    ['"\\"{[" {', 1],
    ['"""\\"""{[""" [', 1],
    ['""""""{ "" {', 2],
    ['# {{{\r{ # [\n[', 2],
    ['{}{}[]', 1],
  ])('%j nests %i deep', (text, depth) => expect(bracketDepth(text)).toBe(depth))
})

/** The depth of all tokens that the parser's own lexer reads, and where the last of them ends. */
function depthByLexer(text: string): { depth: number; end: number } {
  const lexer = new Lexer(new Source(text))
  let [open, depth] = [0, 0]
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      if (token.kind === TokenKind.BRACE_L || token.kind === TokenKind.BRACKET_L) open++
      if (token.kind === TokenKind.BRACE_R || token.kind === TokenKind.BRACKET_R) open--
      depth = Math.max(depth, open)
    }
  } catch {
    return { depth, end: lexer.token.end }
  }
  return { depth, end: text.length }
}

describe('selections', () => {
  const measure = (text: string) => measureDocument(parse(text))[0]?.cost

  test('fields, root fields and aliases of a fragment count wherever it is spread', () => {
    expect(measure('{ a ...F b: c { ...F } ... { d: d } } fragment F on Query { x y: z { w } }')).toEqual({
      fields: 9,
      topFields: 5,
      aliases: 3,
      depth: 4,
    })
  })

  test('they count as what is left once every fragment is written out', () => {
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        const pick = (max: number) => gen(fc.nat, { max })
        const names = ['A', 'B', 'C', 'D']
        const set = (from: number, level: number): string => {
          const one = (): string => {
            const kind = pick(level > 2 ? 1 : 4)
            if (kind === 2 && from < names.length) return `...${names[from + pick(names.length - 1 - from)]}`
            if (kind === 3) return `... ${set(from, level + 1)}`
            return `${kind === 1 ? 'x: ' : ''}f${kind === 4 ? set(from, level + 1) : ''}`
          }
          return `{ ${Array.from({ length: 1 + pick(2) }, one).join(' ')} }`
        }
        const fragments = names.map((name, at) => [name, set(at + 1, 0)] as const)
        const root = set(0, 0)
        const spread = fragments.reduceRight((text, [name, body]) => text.replaceAll(`...${name}`, `... ${body}`), root)
        const written = fragments.reduce((text, [name, body]) => text.replaceAll(`...${name}`, `... ${body}`), spread)
        expect(measure(root + fragments.map(([name, body]) => ` fragment ${name} on Q ${body}`).join(''))).toEqual(measure(written))
      }),
      { numRuns: 500 },
    )
  })

  test('fragments that double thirty times are counted', () => {
    const doubling = Array.from({ length: 30 }, (_, at) => `fragment f${at} on Query { ...f${at + 1} ...f${at + 1} }`).join(' ')
    expect(measure(`{ ...f0 } ${doubling} fragment f30 on Query { a }`)).toMatchObject({ fields: 2 ** 30, topFields: 2 ** 30, depth: 32 })
  })

  test.each([
    ['{ ...A } fragment A on Query { a ...B } fragment B on Query { b { ... { ...A } } }', true],
    ['{ a } fragment A on Query { ...A }', true],
    ['{ ...A ...B } fragment A on Query { ...C ...C ...Nope } fragment B on Query { ...A ...C } fragment C on Query { c }', false],
  ])('%s has a fragment within itself: %s', (text, expected) => expect(hasFragmentCycle(parse(text))).toBe(expected))

  test('numbers too large to be counted stop, and no number is made up for them', () => {
    const spreads = '...f1 '.repeat(60)
    const text = Array.from({ length: 12 }, (_, at) => `fragment f${at} on Query { ${spreads.replaceAll('f1', `f${at + 1}`)} }`).join(' ')
    const document = parse(`{ ...f0 } ${text} fragment f12 on Query { a }`)
    expect(measureDocument(document)[0]?.cost.fields).toBe(Number.MAX_SAFE_INTEGER)
    expect(() => boundSelections(document)).toThrow(expect.objectContaining({ numbers: { limit: DOCUMENT_LIMITS.queryFields } }))
  })

  test('fields that would be written to one place are bounded, as validation compares each with each', () => {
    const text = (times: number) => `{ ${'...F '.repeat(times)} } fragment F on Query { a { b } }`
    expect(() => boundSelections(parse(text(100)))).not.toThrow()
    const pairs = (150 * 149) / 2
    expect(() => boundSelections(parse(text(150).replace('{', '{ x { ').replace('} fragment', '} } fragment')))).toThrow(
      expect.objectContaining({ code: 'DOCUMENT_TOO_LARGE', numbers: { limit: DOCUMENT_LIMITS.comparisons, actual: 2 * pairs } }),
    )
  })

  test.each([
    ['spread by each other', (n: number) => `{ ...f0 } ${fragmentChain(n)}`],
    ['that nobody spreads', (n: number) => `{ a } ${fragmentChain(n)}`],
    ['that nest', (n: number) => `{ ...f0 } ${fragmentChain(n / 20, 'a { '.repeat(20), '}'.repeat(20))}`],
  ])('a thousand levels of fragments %s are too deep', (_, write) => {
    expect(() => boundSelections(parse(write(1_000)))).toThrow(expect.objectContaining({ code: 'DOCUMENT_TOO_LARGE' }))
    expect(() => boundSelections(parse(write(20)))).not.toThrow()
  })
})

function fragmentChain(length: number, before = '', after = ''): string {
  const links = Array.from({ length }, (_, at) => `fragment f${at} on Query { ${before} ...f${at + 1} ${after} }`)
  return `${links.join(' ')} fragment f${length} on Query { a }`
}

/** The fields at the root of the first operation of a document. */
function fieldsOf(document: DocumentNode): readonly FieldNode[] {
  return rootFields(document, getOperationAST(document) as OperationDefinitionNode).map(({ node }) => node)
}

describe('introspection', () => {
  const measure = (text: string) => {
    const document = parse(text)
    const sizeOf = createIntrospectionMeasure({ schema, fragments: fragmentsOf(document) })
    return 1 + fieldsOf(document).reduce((sum, field) => sum + (sizeOf(field) ?? 0), 0)
  }
  const printed = (text: string) => Buffer.byteLength(JSON.stringify(graphqlSync({ schema, source: text }).data))

  test.each([
    getIntrospectionQuery(),
    getIntrospectionQuery({
      descriptions: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
    }),
    '{ __schema { types { fields { type { fields { type { name } } } } directives: possibleTypes { interfaces { name } } } } }',
    '{ a: __type(name: "Mutation") { kind name fields { ...F } } b: __type(name: "Nope") { name } } fragment F on __Field { args { name defaultValue } }',
  ])('is counted to the byte', (text) => expect(measure(text)).toBe(printed(text)))

  test('a type that a variable names counts as the one that prints most', () => {
    expect(measure('query ($n: String!) { __type(name: $n) { fields { name } } }')).toBe(
      printed('{ __type(name: "Mutation") { fields { name } } }'),
    )
  })

  test('deprecated fields count where a variable may ask for them', () => {
    const own = buildSchema('type Query { old: Int @deprecated, other: Int }')
    const ask = (given: string) => `{ __type(name: "Query") { fields(includeDeprecated: ${given}) { name } } }`
    const size = (text: string) => {
      const [field] = fieldsOf(parse(text))
      return createIntrospectionMeasure({ schema: own, fragments: new Map() })(field as FieldNode)
    }
    expect(size(`query ($old: Boolean) ${ask('$old')}`)).toBe(size(ask('true')))
    expect(size(ask('true'))).toBeGreaterThan(size(ask('false')) as number)
  })

  test('what would print without end is declined after few steps', () => {
    const nest = (levels: number): string => (levels === 0 ? 'name' : `possibleTypes { interfaces { ${nest(levels - 1)} } }`)
    expect(() => boundAnswer(createAnswerSizes(schema)(parse(`{ __schema { types { ${nest(28)} } } }`)))).toThrow(
      expect.objectContaining({ code: 'ANSWER_TOO_LARGE', numbers: expect.objectContaining({ limit: DOCUMENT_LIMITS.answerBytes }) }),
    )
  })
})

test('of more rows than are taken no more are given to be judged', () => {
  const given: number[] = []
  const lists = [[1, 2], [3, 4], [5]]
  expect(() => {
    for (const rows of parsedLists(atMostRows(3, lists))) given.push(rows.length)
  }).toThrow(expect.objectContaining({ code: 'TOO_MANY_ROWS', numbers: { limit: 3, actual: 5 } }))
  expect(given).toEqual([2, 0, 0])
  expect([...atMostRows(5, lists)]).toEqual(lists)
})

test('an answer is estimated by the lists in it', () => {
  const bytes = (text: string) => {
    const document = parse(text)
    const [field] = fieldsOf(document)
    return createEstimate({ schema, fragments: fragmentsOf(document) })(schema.getQueryType() as GraphQLObjectType, field as FieldNode)
  }
  const real = JSON.stringify(graphqlSync({ schema, source: '{ resources { name columns { field description } } }' }).data).length
  const estimate = bytes('{ resources { name columns { field description } } }')
  expect(estimate).toBeGreaterThan(real * 0.8)
  expect(estimate).toBeLessThan(real * 4)
  expect(bytes('{ recentRejections(last: 7) { index } }')).toBeLessThan(bytes('query ($n: Int) { recentRejections(last: $n) { index } }'))
})

test('the key of a row counts in an estimate, as does each item that is asked for', () => {
  const bytes = (selection: string) => {
    const [field] = fieldsOf(parse(`{ recentRejections(last: 100) { ${selection} } }`))
    return createEstimate({ schema, fragments: new Map() })(schema.getQueryType() as GraphQLObjectType, field as FieldNode)
  }
  expect(bytes('index key') - bytes('index')).toBeGreaterThan(100 * 100)
})

test('what a mutation prints is weighed by what it is printed for: once, a row, a row with an issue, a group of issues, a key', () => {
  const weigh = (selection: string) => {
    const document = parse(`mutation { payload: upsertProducts(rows: []) { ${selection} } }`)
    return weighAnswers(schema, document, getOperationAST(document) as OperationDefinitionNode).get('payload')
  }
  const more = (one: string, other: string) => {
    const [before, after] = [weigh(one), weigh(`${one} ${other}`)]
    const grown = Object.entries(after ?? {}).filter(([name, weight]) => weight !== before?.[name as keyof typeof before])
    return grown.map(([name]) => name)
  }
  const once = 'requestId object acceptedCount warnings'
  expect(weigh(once)).toMatchObject({ bytesPerRow: 0, bytesPerIssue: 0, bytesPerGroup: 0, keysPerRow: 0 })
  expect(more('acceptedCount', once)).toEqual(['bytesOnce'])
  expect(more('rows { __typename }', 'rows { ... on IngestedRow { index } }')).toEqual(['bytesOnce', 'bytesPerRow'])
  expect(more('rows { __typename }', 'rows { ... on IngestedRow { a: key b: key } }')).toContain('keysPerRow')
  const issues = '... on RejectedRow { issues { code } }'
  expect(more(`rows { ${issues} }`, 'rows { ... on RejectedRow { issues { message } } }')).toContain('bytesPerIssue')
  expect(more('issueSummary { code }', 'issueSummary { message }')).toContain('bytesPerGroup')
})

describe('rows', () => {
  const count = (text: string, variables: Record<string, unknown> = {}) => {
    const document = parse(text)
    return createRowCount(document, getOperationAST(document) as OperationDefinitionNode)?.count(variables)
  }

  test.each<[string, Record<string, unknown>, number | undefined]>([
    ['mutation { f(rows: [{}, {}]) { a } g(rows: {}) { a } }', {}, 3],
    ['mutation ($r: R) { a: f(rows: $r) { a } b: f(rows: $r) { a } }', { r: [1, 2, 3] }, 6],
    ['mutation ($r: R) { f(rows: $r) { a } f(rows: $r) { b } }', { r: [1, 2, 3] }, 3],
    ['mutation ($r: R = [{}, {}]) { f(rows: $r) { a } g(rows: {}) { a } }', {}, 3],
    ['mutation ($r: R = [{}, {}]) { f(rows: $r) { a } g(rows: {}) { a } }', { r: {} }, 2],
    ['mutation ($r: R) { f(rows: $r) { a } g(rows: null) { a } }', { r: null }, 0],
    ['mutation ($r: R) { f(rows: [$r, $r]) { a } g(rows: $r) { a } }', { r: {} }, 3],
    ['mutation ($r: R) { f(rows: $r) { a } }', { r: [1] }, 1],
    [
      'mutation ($r: R, $y: B) { ...F @include(if: $y) ... @skip(if: true) { g(rows: $r) { a } } } fragment F on M { f(rows: $r) { a } }',
      { r: [1], y: true },
      1,
    ],
    ['mutation ($r: R, $y: B = false) { ...F @include(if: $y) } fragment F on M { f(rows: $r) { a } g(rows: $r) { a } }', { r: [1] }, 0],
    ['mutation { rollout { a } }', {}, undefined],
  ])('%s', (text, variables, rows) => expect(count(text, variables)).toBe(rows))
})
