import { parentPort, Worker, workerData } from 'node:worker_threads'
import { startUpstream, takeAll } from './upstream.ts'

/** An upstream that takes all rows after so many milliseconds, in a thread of its own: whoever calls it does not wait for its work. */
export async function startSlowUpstream(serviceMs: number): Promise<{ url: string; close(): void }> {
  const worker = new Worker(new URL(import.meta.url), { workerData: serviceMs })
  const url = await new Promise<string>((resolve, reject) => worker.once('message', resolve).once('error', reject))
  return { url, close: () => void worker.terminate() }
}

if (parentPort !== null) {
  const { url } = await startUpstream((call) => void setTimeout(takeAll, workerData, call))
  parentPort.postMessage(url)
}
