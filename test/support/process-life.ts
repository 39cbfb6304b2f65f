import { AsyncLocalStorage } from 'node:async_hooks'
import { pass, type Sleeper } from './virtual-clock.ts'

/** What happens to a process as it takes a step. */
export type Disturbance = { readonly kind: 'killed' } | { readonly kind: 'sleeps'; readonly ms: number }

/** One process of a simulation, of which several share the real one: what it asks for and what it hears are its steps. */
export interface Life extends Sleeper {
  /** Does work as its own, and whatever comes of it. */
  run<T>(work: () => T): T
  isDead(): boolean
  /** Resolves when it is killed. */
  readonly killed: Promise<void>
  kill(): void
  /** Resolves when it may take its next step: later where it sleeps, never where it is dead. */
  step(): Promise<void>
}

const current = new AsyncLocalStorage<Life | undefined>()

/** The process that is at work; undefined for the world around it. */
export function lifeNow(): Life | undefined {
  return current.getStore()
}

/** Does what is done outside of every process, such as at the upstream. */
export function outside<T>(work: () => T): T {
  return current.run(undefined, work)
}

/** A process that is awake; each of its steps may disturb it. */
export function createLife(disturbanceAt: (step: number) => Disturbance | undefined): Life {
  let steps = 0
  let awakeAt = 0
  const { promise: killed, resolve } = Promise.withResolvers<void>()

  function kill(): void {
    awakeAt = Number.POSITIVE_INFINITY
    resolve()
  }
  function disturb(disturbance: Disturbance): void {
    if (disturbance.kind === 'killed') kill()
    else awakeAt = Math.max(awakeAt, performance.now() + disturbance.ms)
  }

  const life: Life = {
    get awakeAt() {
      return awakeAt
    },
    run: (work) => current.run(life, work),
    isDead: () => awakeAt === Number.POSITIVE_INFINITY,
    killed,
    kill,
    async step() {
      const disturbance = disturbanceAt(++steps)
      if (disturbance !== undefined) disturb(disturbance)
      while (awakeAt > performance.now()) {
        if (awakeAt === Number.POSITIVE_INFINITY) await new Promise(() => {})
        await outside(() => pass(awakeAt - performance.now()))
      }
    },
  }
  return life
}
