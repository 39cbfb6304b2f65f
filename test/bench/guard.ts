import { deepEqual } from 'node:assert/strict'
import { type Driver, openDriver } from './measure/drive.ts'
import { badRow, goodRow, mutationFor } from './rows.ts'
import type { RunningSubject, Subject } from './subject-list.ts'
import { type Row, SHAPES, type Shape } from './subjects/shapes.ts'

interface Payload {
  readonly acceptedCount: number
  readonly rejectedCount: number
  readonly unconfirmedCount: number
  readonly rows: readonly { readonly __typename: string; readonly index: number; readonly key: unknown }[]
}

/** Makes sure that a subject works before it is measured: counts, order and kinds of outcomes of a mixed request. */
export async function guard(subject: Subject, running: RunningSubject): Promise<void> {
  if (subject.speaks === 'bytes') return
  const driver = openDriver(running.url, 1, () => running.token)
  try {
    for (const shape of SHAPES) await guardShape(subject, driver, shape)
  } catch (error) {
    throw new Error(`${subject.name} does not answer as it should, so it is not measured: ${(error as Error).message}`)
  } finally {
    await driver.close()
  }
}

/** Throws when a measured answer is not what the load asks for. */
export function checkAnswer({ name, speaks }: Subject, expects: 'accepted' | 'refused' | 'either', rows: number, answer: string): void {
  if (speaks === 'bytes' || expects === 'either') return
  const { payload, errors } = read(answer)
  const count = expects === 'accepted' ? payload?.acceptedCount : payload?.rejectedCount
  if (count === rows || (expects === 'refused' && !name.startsWith('rowgate') && errors > 0)) return
  throw new Error(`${name}: ${rows} rows were to be ${expects}, but the answer is ${answer.slice(0, 400)}`)
}

async function guardShape({ name, speaks }: Subject, driver: Driver, shape: Shape): Promise<void> {
  const [first, second, third] = [1, 2, 3].map((n) => goodRow(shape, n)) as [Row, Row, Row]
  expectOutcomes(shape, [first, second, third], await ask(driver, shape, [first, second, third]), 'AcceptedRow')
  if (speaks === 'rows') return

  const marked = { ...second, productId: 'bench-reject' }
  expectOutcomes(shape, [first, marked, third], await ask(driver, shape, [first, marked, third]), 'RejectedRow')

  const mixed = [first, badRow(shape, 2), third]
  const answer = await ask(driver, shape, mixed)
  if (name.startsWith('rowgate')) expectOutcomes(shape, mixed, answer, 'RejectedRow')
  else if (read(answer).errors === 0) throw new Error(`a row with wrong types passed: ${answer}`)
}

function expectOutcomes(shape: Shape, rows: readonly Row[], answer: string, second: 'AcceptedRow' | 'RejectedRow'): void {
  const { payload } = read(answer)
  if (payload === undefined) throw new Error(`no payload in ${answer.slice(0, 400)}`)
  const accepted = second === 'AcceptedRow' ? 3 : 2
  deepEqual([payload.acceptedCount, payload.rejectedCount, payload.unconfirmedCount], [accepted, 3 - accepted, 0])
  deepEqual(
    payload.rows.map(({ __typename, index }) => [__typename, index]),
    ['AcceptedRow', second, 'AcceptedRow'].map((name, index) => [name, index]),
  )
  if (payload.rows[2]?.key !== undefined) deepEqual(payload.rows[2].key, shape.keyOf(rows[2] ?? {}))
}

async function ask(driver: Driver, shape: Shape, rows: readonly Row[]): Promise<string> {
  const body = Buffer.from(JSON.stringify({ query: mutationFor(shape), variables: { rows } }))
  return (await driver.drive(() => body, { requests: 1 })).sample
}

function read(answer: string): { payload: Payload | undefined; errors: number } {
  const { data, errors } = JSON.parse(answer) as { data?: Record<string, Payload> | null; errors?: readonly unknown[] }
  return { payload: Object.values(data ?? {})[0], errors: errors?.length ?? 0 }
}
