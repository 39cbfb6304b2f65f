import { failureOf } from './failure.ts'
import type { FromWorker, Running, TaskName, Tasks, ToWorker } from './messages.ts'
import { RUN_TASK } from './run-task.ts'

const TELL_EVERY_MS = 100

const underWay = new Map<number, AbortController>()
const tell = (message: FromWorker) => self.postMessage(message)

self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if ('cancel' in data) underWay.get(data.id)?.abort()
  else void carryOut(data)
})

async function carryOut({ id, task, input }: Exclude<ToWorker, { cancel: true }>): Promise<void> {
  const controller = new AbortController()
  underWay.set(id, controller)
  try {
    const run = RUN_TASK[task] as (input: unknown, running: Running<TaskName>) => Promise<unknown>
    tell({ id, kind: 'result', result: await run(input, { signal: controller.signal, onProgress: seldom(id) }) })
  } catch (error) {
    tell({ id, kind: 'failure', failure: failureOf(error) })
  } finally {
    underWay.delete(id)
  }
}

/** The page redraws at most ten times a second, however often there is progress; the last state is always reported. */
function seldom(id: number): (progress: Tasks[TaskName]['progress']) => void {
  let latest: Tasks[TaskName]['progress']
  let timer: ReturnType<typeof setTimeout> | undefined
  return (progress) => {
    latest = progress
    if (timer !== undefined) return
    timer = setTimeout(() => {
      timer = undefined
      tell({ id, kind: 'progress', progress: latest })
    }, TELL_EVERY_MS)
  }
}
