import { keyedRing, plainBody } from './keyed-bodies.ts'
import type { Until } from './measure/drive.ts'
import { badRow, goodRow, inlineMutation, mutationFor } from './rows.ts'
import { HAS_BEFORE, type SubjectName } from './subject-list.ts'
import { products, type Shape, saleExtra } from './subjects/shapes.ts'

/** A kind of work, given to some subjects in fresh processes. */
export interface Load {
  /** The letter it is chosen by. */
  readonly id: string
  readonly title: string
  readonly subjects: readonly SubjectName[]
  readonly connections: number
  readonly phases: readonly Phase[]
  readonly pace: Readonly<Record<'short' | 'full', Pace>>
}

/** What is sent; the phases of a load take turns in the same processes. */
export interface Phase {
  readonly name: string
  readonly rowsPerRequest: number
  readonly expects: 'accepted' | 'refused' | 'either'
  /** Makes the bodies, before anything is measured; the result gives out one after the other. */
  readonly bodies: () => () => Buffer
  /** How long to measure, where it differs from the load's pace. */
  readonly until?: Until
}

/** How long a subject is warmed up and measured, and how many rounds there are. */
interface Pace {
  readonly warmUp: Until
  readonly stretch: Until
  readonly rounds: number
  /** Subjects, where they are not all of the load's. */
  readonly subjects?: readonly SubjectName[]
}

const ALL: readonly SubjectName[] = ['raw-pipe', 'json-proxy', 'json-proxy-zod', 'obvious-stack', 'mercurius-jit', 'apollo', 'rowgate']
const STEADY = {
  short: { warmUp: { seconds: 1.3 }, stretch: { seconds: 0.35 }, rounds: 3 },
  full: { warmUp: { seconds: 3 }, stretch: { seconds: 2 }, rounds: 7 },
}
const BIG_ROWS = 50_000
const INLINE_ROWS = 30

/** All loads, in the order they are run. */
export const LOADS: readonly Load[] = [
  steadyLoad(products, 'products, 9 columns'),
  steadyLoad(saleExtra, 'sale extras, 16 columns'),
  {
    id: 'b',
    title: '1 row per mutation, 200 connections, one tenant',
    subjects: ['json-proxy', 'obvious-stack', 'mercurius-jit', 'rowgate'],
    connections: 200,
    phases: [{ name: 'small', rowsPerRequest: 1, expects: 'accepted', bodies: () => ringOf(1000, (n) => body(products, goodRow, n, 1)) }],
    pace: STEADY,
  },
  {
    id: 'c',
    title: '50,000 rows in one mutation',
    subjects: ['json-proxy', 'json-proxy-4', 'obvious-stack', 'rowgate'],
    connections: 1,
    phases: [
      { name: 'big', rowsPerRequest: BIG_ROWS, expects: 'accepted', bodies: bigBodies },
      // By itself, for the longest time that others had to wait within one mutation.
      { name: 'big alone', rowsPerRequest: BIG_ROWS, expects: 'accepted', bodies: bigBodies, until: { requests: 1 } },
    ],
    pace: {
      short: { warmUp: { requests: 2 }, stretch: { requests: 3 }, rounds: 3, subjects: ['json-proxy', 'json-proxy-4', 'rowgate'] },
      full: { warmUp: { requests: 5 }, stretch: { requests: 6 }, rounds: 9 },
    },
  },
  {
    id: 'd',
    title: '500 rows per mutation, every row invalid, beside valid ones',
    subjects: ['obvious-stack', 'rowgate'],
    connections: 4,
    phases: [
      { name: 'valid', rowsPerRequest: 500, expects: 'accepted', bodies: () => ringOf(20, (n) => body(products, goodRow, n, 500)) },
      { name: 'invalid', rowsPerRequest: 500, expects: 'refused', bodies: () => ringOf(20, (n) => body(products, badRow, n, 500)) },
    ],
    pace: { ...STEADY, short: { warmUp: { seconds: 0.4 }, stretch: { seconds: 0.4 }, rounds: 3 } },
  },
  {
    id: 'e',
    title: `${INLINE_ROWS} rows written into each document, every document new`,
    subjects: ['obvious-stack', 'rowgate'],
    connections: 4,
    phases: [{ name: 'inline', rowsPerRequest: INLINE_ROWS, expects: 'either', bodies: newDocuments }],
    pace: {
      short: { warmUp: { requests: 0 }, stretch: { seconds: 8 }, rounds: 1, subjects: ['rowgate'] },
      full: { warmUp: { requests: 0 }, stretch: { seconds: 8 }, rounds: 1 },
    },
  },
  keyedLoad(500, 4),
  keyedLoad(1, 16),
  {
    id: 'o',
    title: '1 row per mutation, 16 connections: as it comes, twice; callers with a JWT, and limits; traces of a tenth',
    subjects: ['rowgate', 'rowgate-again', 'rowgate-jwt', 'rowgate-traced'],
    connections: 16,
    phases: [{ name: 'small', rowsPerRequest: 1, expects: 'accepted', bodies: () => ringOf(1000, (n) => body(products, goodRow, n, 1)) }],
    pace: {
      short: { warmUp: { seconds: 1 }, stretch: { seconds: 0.3 }, rounds: 4 },
      // Long, since what only a tenth of the requests need is compiled late.
      full: { warmUp: { seconds: 15 }, stretch: { seconds: 1 }, rounds: 24 },
    },
  },
]

/** The subjects of a load in that mode. */
export function subjectsOf({ subjects, pace }: Load, mode: 'short' | 'full'): readonly SubjectName[] {
  const names = pace[mode].subjects ?? subjects
  return HAS_BEFORE ? [...names, 'rowgate-before'] : names
}

/** The name under which figures of a load's phase are kept. */
export function seriesName({ id }: Load, { name }: Phase): string {
  return `${id} ${name}`
}

function steadyLoad(shape: Shape, title: string): Load {
  return {
    id: 'a',
    title: `500 rows per mutation, 4 connections, every row valid: ${title}`,
    subjects: ALL,
    connections: 4,
    phases: [{ name: shape.name, rowsPerRequest: 500, expects: 'accepted', bodies: () => ringOf(40, (n) => body(shape, goodRow, n, 500)) }],
    pace: STEADY,
  }
}

function keyedLoad(rows: number, connections: number): Load {
  const size = rows === 1 ? 1_000 : 40
  return {
    id: 'k',
    title: `${rows} rows per APPEND, ${connections} connections, without and with an idempotency key`,
    subjects: ['rowgate'],
    connections,
    phases: [
      { name: `${rows} plain`, rowsPerRequest: rows, expects: 'accepted', bodies: () => ringOf(size, (n) => plainBody(n, rows)) },
      { name: `${rows} keyed`, rowsPerRequest: rows, expects: 'accepted', bodies: () => keyedRing(size, rows) },
    ],
    pace: STEADY,
  }
}

function body(shape: Shape, rowOf: typeof goodRow, n: number, count: number): Buffer {
  const rows = Array.from({ length: count }, (_, at) => rowOf(shape, n * count + at))
  return Buffer.from(JSON.stringify({ query: mutationFor(shape), variables: { rows } }))
}

function ringOf(size: number, make: (n: number) => Buffer): () => Buffer {
  const ring = Array.from({ length: size }, (_, n) => make(n))
  let turn = 0
  return () => ring[turn++ % size] as Buffer
}

function bigBodies(): () => Buffer {
  return ringOf(1, (n) => body(products, goodRow, n, BIG_ROWS))
}

function newDocuments(): () => Buffer {
  let first = 0
  return () => {
    const query = inlineMutation(first, INLINE_ROWS)
    first += INLINE_ROWS
    return Buffer.from(JSON.stringify({ query }))
  }
}
