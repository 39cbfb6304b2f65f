import { fileURLToPath } from 'node:url'
import { type Running, startProcess } from './measure/start-process.ts'

/** Starts the stub that stands for the upstream, or for whoever else takes what is posted. */
export function startStub(name = 'stub upstream'): Promise<Running> {
  return startProcess({ name, file: fileURLToPath(new URL('stub-upstream.ts', import.meta.url)) })
}
