import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DEFECTS } from './fire/defect-list.ts'

const ROOT = new URL('..', import.meta.url)
const partsOf = (file: string, text: string) =>
  existsSync(new URL(file, ROOT)) ? readFileSync(new URL(file, ROOT), 'utf8').split(text) : []

test('every defect to plant changes a text that stands once in its file, and is looked for by tests that there are', () => {
  const numbered = DEFECTS.map(({ file, search, tests }, at) => ({ number: at + 1, file, search, tests }))

  expect(numbered.filter(({ file, search }) => partsOf(file, search).length !== 2)).toEqual([])
  expect(numbered.filter(({ tests }) => !tests.every((name) => existsSync(new URL(`test/${name}.test.ts`, ROOT))))).toEqual([])
})
