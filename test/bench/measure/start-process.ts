import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A process of the benchmark that listens. */
export interface Running {
  readonly name: string
  readonly pid: number
  readonly url: URL
  /** Sends an order and resolves with the answer. */
  ask<T>(order: string): Promise<T>
  stop(): Promise<void>
}

/** How a process is started. */
export interface Program {
  readonly name: string
  readonly file: string
  readonly env?: Readonly<Record<string, string>>
  /** Flags for Node itself. */
  readonly flags?: readonly string[]
}

const START_LIMIT_MS = 180_000
const STOP_LIMIT_MS = 30_000
const KEPT_OUTPUT = 4_000

const children = new Set<ChildProcess>()

/** Starts a TypeScript file in a process of its own and waits until it prints the address it listens on. */
export async function startProcess({ name, file, env = {}, flags = [] }: Program): Promise<Running> {
  const child = spawn(process.execPath, [...flags, file], {
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  children.add(child)
  child.once('exit', () => children.delete(child))
  const url = await addressOf(child, name)
  return {
    name,
    url,
    pid: child.pid as number,
    ask: async (order) => {
      const answer = once(child, 'message')
      child.send(order)
      return (await answer)[0]
    },
    stop: () => stop(child),
  }
}

/** Ends whatever still runs, at once. */
export function killAll(): void {
  for (const child of children) child.kill('SIGKILL')
}

function addressOf(child: ChildProcess, name: string): Promise<URL> {
  let output = ''
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${name} ${why}\n${output}`))
    const timer = setTimeout(() => fail(`did not listen within ${START_LIMIT_MS / 1000} s.`), START_LIMIT_MS)
    const read = (part: Buffer) => {
      output = (output + part.toString()).slice(-KEPT_OUTPUT)
      const address = /http:\/\/[^\s]+/.exec(output)?.[0]
      if (address === undefined) return
      clearTimeout(timer)
      resolve(new URL(address))
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', (part: Buffer) => {
      output = (output + part.toString()).slice(-KEPT_OUTPUT)
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      fail(`ended with code ${code}.`)
    })
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (!children.has(child)) return
  const ended = once(child, 'exit')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
  child.kill('SIGTERM')
  await ended
  clearTimeout(timer)
}
