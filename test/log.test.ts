import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { createLog } from '../src/observability/log.ts'

afterEach(() => void vi.useRealTimers())

test('a log whose disk is full is not written, and nothing fails of it', () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const full = openSync('/dev/full', 'w')
  const log = createLog('info', 'one', full)
  for (let number = 0; number < 3; number++) log.info({ number }, 'lost')
  vi.advanceTimersByTime(3_000)
  closeSync(full)
})

test('a log that nobody reads holds nobody up; once somebody does it goes on where it stopped, without what was too much to keep', () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const path = join(tmpdir(), `rowgate-log-${process.pid}`)
  execFileSync('mkfifo', [path])
  const pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  try {
    const log = createLog('info', 'one', pipe)
    for (let number = 0; number < 3_000; number++) log.info({ number }, 'x'.repeat(1_000))
    let text = ''
    for (let round = 0; round < 40; round++) {
      text += readAll(pipe)
      vi.advanceTimersByTime(1_000)
    }
    const numbers = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).number)
    expect(numbers).toEqual(numbers.map((_, place) => place))
    expect(numbers.length).toBeGreaterThan(900)
    expect(numbers.length).toBeLessThan(1_300)
  } finally {
    closeSync(pipe)
    rmSync(path)
  }
})

/** What is in a pipe that need not be waited for. */
function readAll(pipe: number): string {
  const bytes = Buffer.alloc(65_536)
  let text = ''
  try {
    for (;;) text += bytes.toString('latin1', 0, readSync(pipe, bytes))
  } catch {
    return text
  }
}
