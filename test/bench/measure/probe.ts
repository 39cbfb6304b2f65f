import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Loaded into every measured process before its own code: reports event-loop delay and live memory when asked, and ends with its parent. */
const NS_PER_MS = 1e6
const SETTLING_MS = 30
const delay = monitorEventLoopDelay({ resolution: 10 })

process.on('message', async (order) => {
  if (order === 'memory') return void process.send?.({ liveBytes: liveBytes() })
  if (order === 'reset') {
    delay.reset()
    delay.enable()
    // The first tick of the monitor only starts its clock, so work that came before it would go unseen.
    await pause(SETTLING_MS)
  }
  if (order === 'read') delay.disable()
  process.send?.({ p99: delay.percentile(99) / NS_PER_MS, max: delay.max / NS_PER_MS })
})
process.once('disconnect', () => process.exit())

/** What is left on the heap, and beside it, when all that can be collected was. */
function liveBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
