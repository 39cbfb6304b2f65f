import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { START_FLAGS } from '../support/start-flags.ts'
import { type Running, startProcess } from './measure/start-process.ts'
import { type Prepared, withJwt, withTraces } from './variants.ts'

/** A gateway that is measured. */
export interface Subject {
  readonly name: SubjectName
  readonly file: string
  readonly env?: Readonly<Record<string, string>>
  /** What is made when it starts. */
  readonly prepare?: () => Promise<Prepared>
  /** Flags for Node itself. */
  readonly flags?: readonly string[]
  /** Whether its packages are those of `test/bench/package.json`. */
  readonly isPeer?: boolean
  /** Whether it speaks GraphQL, so that its answers can be checked. */
  readonly speaks: 'bytes' | 'rows' | 'graphql'
}

/** Names as printed, in the order of the table. */
export const SUBJECT_NAMES = [
  'raw-pipe',
  'json-proxy',
  'json-proxy-zod',
  'json-proxy-4',
  'obvious-stack',
  'mercurius-jit',
  'apollo',
  'rowgate-before',
  'rowgate',
  'rowgate-again',
  'rowgate-jwt',
  'rowgate-traced',
] as const

/** Whether a checkout of an earlier commit is there to be measured beside this one: the environment's `BEFORE` names its folder. */
export const HAS_BEFORE = process.env.BEFORE !== undefined

/** The name of a subject. */
export type SubjectName = (typeof SUBJECT_NAMES)[number]

/** What all ratios are taken to. */
export const BASELINE = 'json-proxy'

const ROWGATE_SETTINGS = {
  PORT: '0',
  HOST: '127.0.0.1',
  LOG_LEVEL: 'warn',
  MAX_ROWS_PER_MUTATION: '100000',
  MAX_BODY_BYTES: '200000000',
  // The stub has no rate, so none is kept: waiting is not what is measured.
  REQUESTS_PER_SECOND: '1000000',
  MAX_QUEUED_ROWS: '1000000',
}

// Both start alike, so that only their code differs.
const ROWGATE = { speaks: 'graphql', env: ROWGATE_SETTINGS, flags: START_FLAGS } as const
const MAIN = '../../src/main.ts'

const SUBJECTS: Readonly<Record<SubjectName, Omit<Subject, 'name'>>> = {
  'raw-pipe': { file: 'subjects/raw-pipe.ts', speaks: 'bytes' },
  'json-proxy': { file: 'subjects/json-proxy.ts', speaks: 'rows' },
  'json-proxy-zod': { file: 'subjects/json-proxy.ts', speaks: 'rows', env: { ROW_CHECK: 'zod' } },
  'json-proxy-4': { file: 'subjects/json-proxy.ts', speaks: 'rows', env: { IN_FLIGHT: '4' } },
  'obvious-stack': { file: 'subjects/obvious-stack.ts', speaks: 'graphql' },
  'mercurius-jit': { file: 'subjects/mercurius.ts', speaks: 'graphql', isPeer: true },
  apollo: { file: 'subjects/apollo.ts', speaks: 'graphql', isPeer: true },
  'rowgate-before': { file: `${process.env.BEFORE ?? ''}/src/main.ts`, ...ROWGATE },
  rowgate: { file: MAIN, ...ROWGATE },
  // By how much it differs from itself is how far a ratio can be trusted.
  'rowgate-again': { file: MAIN, ...ROWGATE },
  'rowgate-jwt': { file: MAIN, ...ROWGATE, prepare: withJwt },
  'rowgate-traced': { file: MAIN, ...ROWGATE, prepare: withTraces },
}

/** The subject of that name. */
export function subjectOf(name: SubjectName): Subject {
  return { name, ...SUBJECTS[name] }
}

/** A subject that runs, and the token that its callers bring. */
export interface RunningSubject extends Running {
  readonly token: string
}

/** Starts a subject before that upstream, with the probe loaded first. */
export async function startSubject(
  { name, file, env, prepare, flags = [] }: Subject,
  upstream: URL,
  further: readonly string[],
): Promise<RunningSubject> {
  const probe = new URL('measure/probe.ts', import.meta.url).href
  const prepared = await prepare?.()
  const running = await startProcess({
    name,
    file: pathOf(file),
    env: { ...env, ...prepared?.env, INGESTION_URL: upstream.origin, STORE_FILE: freshStore() },
    flags: ['--import', probe, ...flags, ...further],
  })
  return { ...running, token: prepared?.token ?? 'bench-token' }
}

const stores: string[] = []
process.once('exit', () => {
  for (const folder of stores) rmSync(folder, { recursive: true, force: true })
})

/** A file for idempotency keys, which one process locks; deleted at the end. */
function freshStore(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rowgate-bench-'))
  stores.push(folder)
  return join(folder, 'store.sqlite')
}

function pathOf(file: string): string {
  return isAbsolute(file) ? file : fileURLToPath(new URL(file, import.meta.url))
}
