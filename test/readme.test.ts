import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { contract } from '../schema/index.ts'
import { readConfig } from '../src/config.ts'
import { GATEWAY_ERRORS } from '../src/errors.ts'
import { startPair } from './support/gateway.ts'

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')

test("the README's request gets the README's answer", async () => {
  const body = /-d '(\{[\s\S]*?\n\})'/.exec(readme)?.[1] ?? ''
  const answer = JSON.parse(/```json\n([\s\S]*?)```/.exec(readme)?.[1] ?? '')
  const pair = await startPair()
  const response = await pair.gateway.fetch({
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'sandbox-token' },
    body,
  })

  expect(await response.json()).toEqual(answer)
  await pair.close()
})

test('every setting of the README exists, with its default', () => {
  const rows = [...readme.slice(readme.indexOf('## Settings')).matchAll(/^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) *\| (.*?) *\|/gm)]
  const named = rows.flatMap(([, names = '', defaults = '']) =>
    names.split(', ').map((name, at) => [name.slice(1, -1), defaults.split(', ')[at]?.replaceAll('`', '') ?? ''] as const),
  )
  const given = Object.fromEntries(named.filter(([, value]) => !/unset|solutions/.test(value)))

  expect(named.length).toBeGreaterThan(15)
  expect(readConfig(given, contract.modules)).toEqual(readConfig({}, contract.modules))
  for (const [name] of named.filter(([name]) => !['HOST', 'SANDBOX_FILE'].includes(name)))
    expect(() => readConfig({ [name]: '\0' }, contract.modules), name).toThrow(name)
})

test('the image starts what `npm start` starts, flags included', async () => {
  const dockerfile = await readFile(new URL('../Dockerfile', import.meta.url), 'utf8')
  const command: string[] = JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? '[]')
  const { scripts } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  expect(command.join(' ')).toBe(scripts.start)
  expect(readme).toContain(`\`${scripts.start}\``)
})

test('the codes of errors are those of the list, with their statuses and meanings', () => {
  const rows = [...readme.matchAll(/^\| `([A-Z_]+)` *\| (\d{3}) *\| (yes)? *\| (.*?) *\|$/gm)]
  const told = rows.map(([, code, status, again, meaning]) => [code, { status: Number(status), retryable: again === 'yes', meaning }])
  expect(Object.fromEntries(told)).toEqual(GATEWAY_ERRORS)
})
