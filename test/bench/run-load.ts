import { checkAnswer, guard } from './guard.ts'
import { type Load, type Phase, seriesName } from './loads.ts'
import { type Driver, openDriver } from './measure/drive.ts'
import { measure, type Sample } from './measure/measure.ts'
import type { Running } from './measure/start-process.ts'
import { type Subject, type SubjectName, startSubject, subjectOf } from './subject-list.ts'

/** The samples of every round, by series and subject. */
export type Results = Record<string, Partial<Record<SubjectName, readonly Sample[]>>>

/** What a run needs to know. */
export interface RunOptions {
  readonly mode: 'short' | 'full'
  readonly stub: Running
  /** Extra flags of Node for the subjects, such as --cpu-prof. */
  readonly flags: readonly string[]
  readonly progress: (line: string) => void
}

interface Started {
  readonly subject: Subject
  readonly running: Running
  readonly driver: Driver
}

interface Turn {
  readonly phase: Phase
  readonly series: string
  readonly next: () => Buffer
}

/** Runs one load over some subjects: starts them, checks them, warms them up, measures in interleaved rounds, ends them. */
export async function runLoad(load: Load, names: readonly SubjectName[], options: RunOptions): Promise<Results> {
  const { progress, mode } = options
  const pace = load.pace[mode]
  progress(`load ${load.id}: ${load.title}`)
  const started = await Promise.all(names.map((name) => startChecked(subjectOf(name), load, options)))
  const turns = load.phases.map((phase) => ({ phase, series: seriesName(load, phase), next: phase.bodies() }))
  const samples = new Map<string, Sample[]>()

  progress('  warming up')
  for (const each of started) for (const { next } of turns) await each.driver.drive(next, pace.warmUp)
  for (let round = 0; round < pace.rounds; round++) {
    progress(`  round ${round + 1} of ${pace.rounds}`)
    for (const each of rotated(started, round)) {
      for (const turn of turns) keep(samples, `${turn.series}/${each.subject.name}`, await takeTurn(each, turn, load, options))
    }
  }
  await Promise.all(started.map(stop))
  return Object.fromEntries(
    turns.map(({ series }) => [series, Object.fromEntries(names.map((name) => [name, samples.get(`${series}/${name}`) ?? []]))]),
  )
}

async function startChecked(subject: Subject, load: Load, { stub, flags }: RunOptions): Promise<Started> {
  const running = await startSubject(subject, stub.url, subject.name === 'rowgate' ? flags : [])
  await guard(subject, running)
  return { subject, running, driver: openDriver(running.url, load.connections, () => running.token) }
}

async function takeTurn({ subject, running, driver }: Started, { phase, next }: Turn, load: Load, options: RunOptions): Promise<Sample> {
  const { rowsPerRequest, expects, until = load.pace[options.mode].stretch } = phase
  const { stub } = options
  const before = await stub.ask<{ rows: number }>('count')
  const check = (answer: string) => checkAnswer(subject, expects, rowsPerRequest, answer)
  const sample = await measure(running, driver, { next, rowsPerRequest, until, check })
  const arrived = (await stub.ask<{ rows: number }>('count')).rows - before.rows

  const meant = { accepted: sample.rows, refused: 0, either: arrived }[expects]
  if (subject.speaks !== 'bytes' && arrived !== meant)
    throw new Error(`${subject.name}: ${meant} rows were to reach the upstream, ${arrived} did.`)
  return sample
}

async function stop({ driver, running }: Started): Promise<void> {
  await driver.close()
  await running.stop()
}

/** Whoever goes first changes from round to round, so that nobody always follows the same neighbour. */
function rotated<T>(list: readonly T[], by: number): T[] {
  return list.map((_, at) => list[(at + by) % list.length] as T)
}

function keep(samples: Map<string, Sample[]>, name: string, sample: Sample): void {
  samples.set(name, [...(samples.get(name) ?? []), sample])
}
