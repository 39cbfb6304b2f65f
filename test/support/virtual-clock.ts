/** Time that moves only when told to: timers, intervals, `performance.now()` and `Date.now()` of the whole process follow it. */
export interface VirtualClock {
  /** Runs the turns of the event loop and the timers until work is done; throws when nothing is left that could end it. */
  runUntil(isDone: () => boolean): Promise<void>
  /** Lets so many milliseconds pass. */
  pass(ms: number): Promise<void>
  /** Gives the real clock back. */
  restore(): void
}

/** Whose timers do not fire while it is asleep: those that are due by then fire as it awakes. */
export interface Sleeper {
  /** Infinite where it never awakes again. */
  readonly awakeAt: number
  /** Does what a timer of its own does. */
  run(act: () => void): void
}

interface Timer {
  readonly at: number
  readonly act: () => void
  readonly owner: Sleeper | undefined
}

const TURNS = 3

// Of all clocks there were: a handle of an earlier one, cleared late, must not clear a timer of this one.
let lastId = 0

/** A timer that was set, as Node hands it out. */
interface Handle {
  readonly id: number
  ref(): Handle
  unref(): Handle
}

function itself(this: Handle): Handle {
  return this
}

/**
 * Takes the clock of the process over; vitest's fake timers do the same, at twenty times the cost per timer. A timer belongs to
 * whom `ownerNow` names as it is set; to nobody who sleeps where there is none. While `isBusy` says that work is under way of which
 * no timer knows, such as bytes between two sockets, no time passes.
 */
export function takeClock(ownerNow: () => Sleeper | undefined = () => undefined, isBusy: () => boolean = () => false): VirtualClock {
  const real = { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, now: performance.now, date: Date.now }
  const realTimeout = AbortSignal.timeout
  const timers = new Map<number, Timer>()
  let now = 0
  let immediates = 0
  const put = (id: number, act: () => void, ms: number) => timers.set(id, { at: now + Math.max(1, ms), act, owner: ownerNow() })
  const handleOf = (id: number): Handle => ({ id, ref: itself, unref: itself })
  const set = <Args extends unknown[]>(act: (...args: Args) => void, ms = 0, ...args: Args) => {
    put(++lastId, args.length === 0 ? (act as () => void) : () => act(...args), ms)
    return handleOf(lastId)
  }
  const setRepeated = (act: () => void, ms: number) => {
    const id = ++lastId
    const again = () => {
      put(id, again, ms)
      act()
    }
    put(id, again, ms)
    return handleOf(id)
  }
  const setCounted = <Args extends unknown[]>(act: (...args: Args) => void, ...args: Args) => {
    immediates++
    return real.setImmediate(() => {
      immediates--
      act(...args)
    })
  }
  const forget = (handle: Handle | undefined) => void (handle && timers.delete(handle.id))
  const abortAfter = (ms: number) => {
    const ending = new AbortController()
    set(() => ending.abort(new DOMException('The time is up', 'TimeoutError')), ms)
    return ending.signal
  }
  Object.assign(globalThis, {
    setImmediate: setCounted,
    setTimeout: set,
    clearTimeout: forget,
    setInterval: setRepeated,
    clearInterval: forget,
  })
  Object.assign(AbortSignal, { timeout: abortAfter })
  Object.assign(performance, { now: () => now })
  Date.now = () => 1_700_000_000_000 + now

  /** The next timer by time, then by the order in which they were set. */
  function next(): [id: number, timer: Timer] {
    let found: [number, Timer] | undefined
    let first = Number.POSITIVE_INFINITY
    for (const entry of timers) {
      const dueAt = Math.max(entry[1].at, entry[1].owner?.awakeAt ?? 0)
      if (dueAt < first) [found, first] = [entry, dueAt]
    }
    if (found === undefined) throw new Error('nothing is left that could end the work')
    return found
  }

  async function runUntil(isDone: () => boolean): Promise<void> {
    for (;;) {
      // What takes more turns takes no time either.
      for (let turn = 0; turn < TURNS || immediates > 0 || isBusy(); turn++) await new Promise((resolve) => real.setImmediate(resolve))
      if (isDone()) return
      const [id, { at, act, owner }] = next()
      timers.delete(id)
      now = Math.max(now, at, owner?.awakeAt ?? 0)
      if (owner === undefined) act()
      else owner.run(act)
    }
  }

  return {
    runUntil,
    async pass(ms) {
      let isOver = false
      set(() => {
        isOver = true
      }, ms)
      await runUntil(() => isOver)
    },
    restore() {
      const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = real
      Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate })
      Object.assign(AbortSignal, { timeout: realTimeout })
      Object.assign(performance, { now: real.now })
      Date.now = real.date
    },
  }
}

/** Waits by whatever clock the process has. */
export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
