import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { capacity } from './capacity/command.ts'
import { LOADS, subjectsOf } from './loads.ts'
import { machine } from './machine.ts'
import { killAll } from './measure/start-process.ts'
import { type Options, readOptions } from './options.ts'
import { installPeers } from './peers.ts'
import { report, summary } from './report.ts'
import { type Results, runLoad } from './run-load.ts'
import { startStub } from './start-stub.ts'
import { subjectOf } from './subject-list.ts'

process.once('exit', killAll)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

try {
  const [command = '', ...args] = process.argv.slice(2)
  if (command === 'capacity') await capacity(args, createProgress())
  else await bench(readOptions(process.argv.slice(2)))
  process.exit(0)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}

function createProgress(): (line: string) => void {
  const began = performance.now()
  return (line) => console.log(`[${String(Math.round((performance.now() - began) / 1000)).padStart(4)} s] ${line}`)
}

async function bench(options: Options): Promise<void> {
  const progress = createProgress()
  const here = machine()
  progress(`${here.cpu}, ${here.cores} cores, Node ${here.node}, ${options.mode} mode`)

  const results = await runAll(options, progress)
  console.log(`\n${report(results)}\n`)
  mkdirSync(dirname(options.out), { recursive: true })
  const { mode } = options
  writeFileSync(
    options.out,
    JSON.stringify({ at: new Date(), mode, machine: here, ...(summary(results) as object), samples: results }, null, 2),
  )
  progress(`written to ${options.out}`)
}

async function runAll({ mode, only, loads, profile }: Options, progress: (line: string) => void): Promise<Results> {
  const wanted = LOADS.filter(({ id }) => loads.includes(id)).flatMap((load) => subjectsOf(load, mode))
  const hasPeers = !only.some((name) => wanted.includes(name) && subjectOf(name).isPeer) || installPeers(progress)
  const chosen = only.filter((name) => hasPeers || !subjectOf(name).isPeer)
  const flags = profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profile]
  const stub = await startStub()
  const results: Results = {}
  for (const load of LOADS.filter(({ id }) => loads.includes(id))) {
    const names = subjectsOf(load, mode).filter((name) => chosen.includes(name))
    if (names.length > 0) Object.assign(results, await runLoad(load, names, { mode, stub, flags, progress }))
  }
  await stub.stop()
  return results
}
