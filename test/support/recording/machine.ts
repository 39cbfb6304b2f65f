import { type EventEmitter, once } from 'node:events'
import type { FileHandle } from 'node:fs/promises'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { performance } from 'node:perf_hooks'
import { Gunzip } from 'node:zlib'
import { pass } from '../virtual-clock.ts'
import type { BusyLoop } from './busy-loop.ts'

const require = createRequire(import.meta.url)

type Async = (...args: unknown[]) => Promise<unknown>

/** What other threads do for cryptography, and with files. */
const OF_KEYS = ['generateKey', 'importKey', 'exportKey', 'sign', 'verify']
const OF_FILES = ['mkdtemp', 'readFile', 'rm', 'stat', 'writeFile']

/** Takes what else a run could hear of the machine: chance, how busy it is, work in other threads, and time by other names. Returns what gives it back. */
export function takeMachine(loop: BusyLoop): () => void {
  const taken: (() => void)[] = []
  const take = (holder: object, name: string, other: unknown) => {
    const own = Object.getOwnPropertyDescriptor(holder, name)
    Object.defineProperty(holder, name, { value: other, configurable: true, writable: true })
    taken.push(() => (own === undefined ? Reflect.deleteProperty(holder, name) : Object.defineProperty(holder, name, own)))
  }
  const takeAll = (holder: object, names: readonly string[]) => {
    for (const name of names) {
      const work: Async = Reflect.get(holder, name)
      take(holder, name, (...args: unknown[]) => loop.during(work.apply(holder, args)))
    }
  }
  take(Math, 'random', () => 0.5)
  take(performance, 'eventLoopUtilization', () => ({ idle: 0, active: 0, utilization: 0 }))
  take(require('node:timers/promises'), 'setTimeout', pass)
  takeAll(crypto.subtle, OF_KEYS)
  const files = require('node:fs/promises')
  takeAll(files, OF_FILES)
  take(files, 'open', opening(loop, files.open))
  const ofZlib = Object.getPrototypeOf(Object.getPrototypeOf(Gunzip.prototype))
  take(ofZlib, '_transform', transforming(loop, ofZlib._transform))
  syncBuiltinESMExports()
  return () => {
    for (const giveBack of taken) giveBack()
    syncBuiltinESMExports()
  }
}

/** A file is worked on from when it is opened until it is closed. */
function opening(loop: BusyLoop, open: (...args: unknown[]) => Promise<FileHandle & EventEmitter>): Async {
  return async (...args) => {
    const handle = await loop.during(open(...args))
    const { close } = handle
    void loop.during(once(handle, 'close'))
    return Object.assign(handle, { close: () => loop.during(close.call(handle)) })
  }
}

type Transform = (this: EventEmitter, chunk: unknown, encoding: unknown, done: (...args: unknown[]) => void) => void

/** Compression is at work on a chunk until it asks for the next. */
function transforming(loop: BusyLoop, transform: Transform): Transform {
  return function (this: EventEmitter, chunk, encoding, done) {
    const { promise, resolve } = Promise.withResolvers<void>()
    void loop.during(promise)
    // Where it fails it asks for none.
    this.once('close', resolve)
    transform.call(this, chunk, encoding, (...args) => {
      resolve()
      done(...args)
    })
  }
}
