import type { AddressInfo } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import type { Fault } from './faults.ts'
import { createRequestLog } from './request-log.ts'
import type { WorkerCommand, WorkerOptions, WorkerReply } from './sandbox.ts'
import { createSandboxServer } from './server.ts'
import { openStore } from './store.ts'

// The sandbox's own thread: it shares no event loop with the gateway, as a real upstream would not.
const options = workerData as WorkerOptions
const store = openStore(options.file)
const faults: Fault[] = []
const log = createRequestLog(options.keepRequests)
const server = createSandboxServer({ ...options, store, faults, log })

const COMMANDS: { [Name in WorkerCommand['name']]: (command: Extract<WorkerCommand, { name: Name }>) => unknown } = {
  fault: ({ fault }) => void faults.push(fault),
  slowDown: ({ ms }) => log.slowDown(ms),
  requests: ({ token }) => log.requests(token),
  mostAtOnce: () => log.mostAtOnce(),
}

function reply(message: WorkerReply): void {
  parentPort?.postMessage(message)
}

parentPort?.on('message', ({ id, command }: { id: number; command: WorkerCommand }) => {
  const run = COMMANDS[command.name] as (command: WorkerCommand) => unknown
  reply({ kind: 'result', id, value: run(command) })
})

server.once('error', (error) => reply({ kind: 'failed', message: error.message }))
server.listen(options.port, '127.0.0.1', () => reply({ kind: 'listening', port: (server.address() as AddressInfo).port }))
