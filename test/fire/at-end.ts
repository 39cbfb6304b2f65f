import { killAll } from '../bench/measure/start-process.ts'

const works: (() => Promise<unknown>)[] = []

/** Has work done when the trial is over or broken off, after all processes it started have ended. */
export function atEnd(work: () => Promise<unknown>): void {
  works.push(work)
}

let ending: Promise<void> | undefined

/** Ends every process that a trial started, and does what was asked for the end, the last first; whoever asks again waits for that. */
export function endAll(): Promise<void> {
  ending ??= end()
  return ending
}

async function end(): Promise<void> {
  killAll()
  for (let work = works.pop(); work !== undefined; work = works.pop()) await work().catch(console.error)
}
