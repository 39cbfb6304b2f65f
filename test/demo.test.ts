import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const DEMO = fileURLToPath(new URL('../src/cli/demo.ts', import.meta.url))

/** One line for all mutations that came to the same, whatever resources there are and however wide their names are. */
function withoutNames(told: string): string {
  const lines = told.split('\n').map((line) =>
    line
      .replace(/│ (?:upsert|append)\w+ +│/, '│ a mutation │')
      .replace(/[─ ]{2,}/g, ' ')
      .replace(/^\d+ mutations:/, 'All mutations:')
      .replace(/:\d{4,5}\//g, ':<port>/')
      .replace(/ in \d+ s\.$/, ' in <time>.'),
  )
  return lines.filter((line, at) => line === '' || line !== lines[at - 1]).join('\n')
}

test('the demo ends well, and tells what is recorded', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [DEMO])
  expect(stderr).toBe('')
  await expect(withoutNames(stdout)).toMatchFileSnapshot('recorded/demo.txt')
})
