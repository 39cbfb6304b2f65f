import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Defect } from './defect.ts'

/** A test that failed, or a run that did not end. */
export interface Failure {
  readonly file: string
  readonly test: string
}

/** A copy of the project to plant defects in; it goes when it is disposed of. */
export interface Plot extends Disposable {
  /** False where the text to replace stands not once in its file. */
  plant(defect: Defect): boolean
  restore(defect: Defect): void
  /** The first test of these files that fails; of the whole suite where none are named. */
  firstFailure(tests: readonly string[]): Promise<Failure | undefined>
  /** All that fails of these files. */
  failures(tests: readonly string[]): Promise<readonly Failure[]>
}

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url))
const LEFT_OUT = new Set(['node_modules', '.git', '.data'])
/** Much longer than any of the tests takes. */
const PATIENCE_MS = { some: 300_000, all: 1_800_000 }

/** Copies the project; packages are linked. */
export function createPlot(): Plot {
  const folder = mkdtempSync(join(tmpdir(), 'rowgate-defects-'))
  cpSync(PROJECT, folder, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) })
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'))
  const original = ({ file }: Defect) => readFileSync(join(PROJECT, file), 'utf8')
  const run = (tests: readonly string[], flags: readonly string[]) => runTests(folder, tests, flags)
  return {
    plant(defect) {
      const parts = original(defect).split(defect.search)
      if (parts.length !== 2) return false
      writeFileSync(join(folder, defect.file), parts.join(defect.replace))
      return true
    },
    restore: (defect) => writeFileSync(join(folder, defect.file), original(defect)),
    firstFailure: async (tests) => (await run(tests, ['--bail=1']))[0],
    failures: (tests) => run(tests, []),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
}

async function runTests(folder: string, tests: readonly string[], flags: readonly string[]): Promise<Failure[]> {
  const report = join(folder, 'report.json')
  rmSync(report, { force: true })
  const files = tests.map((name) => `test/${name}.test.ts`)
  const output = ['--reporter=json', `--outputFile=${report}`, '--maxWorkers=1']
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.ts', ...output, ...flags, ...files]
  const env = { ...process.env, SEEDS: 'all' }
  const hasEnded = await waitFor(spawn(process.execPath, args, { cwd: folder, env, stdio: 'ignore', detached: true }), tests.length > 0)
  if (hasEnded && existsSync(report)) return readReport(folder, report)
  return [{ file: tests[0] ?? '', test: hasEnded ? 'the run broke off' : 'the run did not end' }]
}

/** Whether a process has ended in time; else it and all that it started are ended. */
function waitFor(child: ReturnType<typeof spawn>, isOfSome: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(
      () => {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
        resolve(false)
      },
      isOfSome ? PATIENCE_MS.some : PATIENCE_MS.all,
    )
    child.once('close', () => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

function readReport(folder: string, report: string): Failure[] {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report
  const failed = testResults
    .filter(({ status }) => status === 'failed')
    .map(({ name, assertionResults }) => ({ file: basename(relative(folder, name), '.test.ts'), tests: assertionResults }))
  const failures = failed.flatMap(({ file, tests }) =>
    tests.filter(({ status }) => status === 'failed').map(({ fullName }) => ({ file, test: `${file}: ${fullName}` })),
  )
  // A file that cannot be loaded has no tests; nor has one that was not begun, since a test of another had failed.
  return failures.length > 0 ? failures : failed.map(({ file }) => ({ file, test: `${file}, as it is loaded` }))
}
