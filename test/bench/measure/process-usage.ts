import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const NS_PER_US = 1_000
const KIB_PER_MIB = 1_024
// Linux counts in hundredths of a second here, whatever the kernel's own tick is.
const US_PER_TICK = 10_000

/** CPU time that all threads of a process have used, in microseconds. */
export function cpuMicroseconds(pid: number): number {
  try {
    return threadNanoseconds(pid) / NS_PER_US
  } catch {
    return statMicroseconds(pid)
  }
}

/** The largest resident set since `resetPeakMemory`, in MiB. */
export function peakMemoryMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / KIB_PER_MIB
}

/** Lets the kernel forget the peak; where that is not allowed the peak is the one since the start. */
export function resetPeakMemory(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
  } catch {
    // Nothing to do: the figure is then an upper bound.
  }
}

/** The same time as utime + stime, but to the nanosecond rather than to 10 ms; threads of Node live as long as the process. */
function threadNanoseconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  return threads.reduce((sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]), 0)
}

function statMicroseconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * US_PER_TICK
}
