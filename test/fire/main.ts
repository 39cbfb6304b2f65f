import { endAll } from './at-end.ts'
import { type Figure, isReached } from './figure.ts'
import { type FlagKinds, type Flags, readFlags, usageOf } from './flags.ts'
import { TRIALS } from './trials.ts'

const OF_ALL: FlagKinds = { short: '', help: '' }

const [name = '', ...args] = process.argv.slice(2)
const trial = Object.hasOwn(TRIALS, name) ? TRIALS[name] : undefined
const kinds = { ...trial?.flags, ...OF_ALL }
if (trial === undefined) end(`Say which trial: ${Object.keys(TRIALS).join(', ')}; and --short for a short one.`, name === '--help' ? 0 : 1)
const flags = flagsOf(args)
if (flags.help) end(usage(), 0)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void endAll().then(() => process.exit(130)))

const began = performance.now()
const say = (line: string) => console.log(`[${String(Math.round((performance.now() - began) / 1000)).padStart(4)} s] ${line}`)
try {
  const figures = await trial.run(flags.short ? 'short' : 'full', say, flags)
  console.table(
    figures.map((figure) => ({ figure: figure.name, value: round(figure.value), must: limits(figure), reached: isReached(figure) })),
  )
  console.log(`figure: ${figures.length === 0 ? 'not measured' : figures.every(isReached) ? 'met' : 'missed'}`)
  process.exitCode = figures.every(isReached) ? 0 : 1
} catch (error) {
  console.error(error)
  process.exitCode = 1
}
await endAll()
process.exit()

function flagsOf(args: readonly string[]): Flags {
  try {
    return readFlags(args, kinds)
  } catch (error) {
    return end(`${error instanceof Error ? error.message : error}\n${usage()}`, 1)
  }
}

function usage(): string {
  return `npm run fire -- ${name} ${usageOf(kinds)}`
}

function end(line: string, code: 0 | 1): never {
  console[code === 0 ? 'log' : 'error'](line)
  process.exit(code)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

function limits({ most, least }: Figure): string {
  return [most !== undefined && `<= ${round(most)}`, least !== undefined && `>= ${round(least)}`].filter(Boolean).join(' and ')
}
