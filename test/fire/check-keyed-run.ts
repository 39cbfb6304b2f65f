import type { KeyedAnswer, KeyedMutation } from './keyed-client.ts'
import type { SeenRequest } from './keyed-upstream.ts'

/** When a gateway was killed or stopped; requests of it that were not answered well before may have no outcome. */
export interface Break {
  readonly gateway: string
  readonly at: number
}

/** What was sent, told and seen. */
export interface KeyedRun {
  /** Mutations, each with all answers it had, in order. */
  readonly mutations: readonly { readonly mutation: KeyedMutation; readonly answers: readonly KeyedAnswer[] }[]
  readonly requests: readonly SeenRequest[]
  readonly breaks: readonly Break[]
  /** Rows that one gateway may have on their way at once. */
  readonly mostInFlight: number
}

/** How many rows break which law, and what became of them. */
export interface KeyedFindings {
  readonly rows: number
  readonly twice: number
  /** Accepted and never written, or rejected: every row is good, and the upstream takes all. */
  readonly untrue: number
  /** Answered well before a break, or by a gateway that had none, and not accepted all the same. */
  readonly lost: number
  /** Unconfirmed beyond what can have been on its way. */
  readonly beyond: number
  /** Told as accepted once, and as something else later. */
  readonly changed: number
  readonly unconfirmed: number
  /** Of those, rows that were written. */
  readonly unconfirmedWritten: number
}

/** An answer that left so long before a break was taken in and committed. */
const TAKEN_IN_MS = 100

/** No finding; the sum of none. */
export const NO_FINDINGS: KeyedFindings = {
  rows: 0,
  twice: 0,
  untrue: 0,
  lost: 0,
  beyond: 0,
  changed: 0,
  unconfirmed: 0,
  unconfirmedWritten: 0,
}

/** Both together. */
export function sum(one: KeyedFindings, other: KeyedFindings): KeyedFindings {
  const names = Object.keys(one) as (keyof KeyedFindings)[]
  return Object.fromEntries(names.map((name) => [name, one[name] + other[name]])) as unknown as KeyedFindings
}

/** Judges a run by what the upstream saw of each row; `onLost` is told of each request that was answered to no avail. */
export function checkKeyedRun(
  { mutations, requests, breaks, mostInFlight }: KeyedRun,
  onLost: (request: SeenRequest) => void = () => {},
): KeyedFindings {
  const byRow = new Map<string, SeenRequest[]>()
  for (const request of requests) for (const id of request.ids) byRow.set(id, [...(byRow.get(id) ?? []), request])
  const found = { ...NO_FINDINGS }
  let onTheWay = 0
  const lost = new Set<SeenRequest>()
  for (const { mutation, answers } of mutations) {
    found.changed += changedIn(answers)
    const told = statusesOf(answers.at(-1))
    mutation.ids.forEach((id, index) => {
      const seen = byRow.get(id) ?? []
      const status = told(index)
      found.rows++
      if (seen.length > 1) found.twice++
      if (status === 'REJECTED' || (status === 'ACCEPTED' && seen.length === 0)) found.untrue++
      if (status !== 'UNCONFIRMED') return
      found.unconfirmed++
      if (seen.length > 0) found.unconfirmedWritten++
      const inVain = seen.find((request) => !isOpenAt(request, breaks))
      if (inVain === undefined) onTheWay++
      else {
        found.lost++
        lost.add(inVain)
      }
    })
  }
  lost.forEach(onLost)
  return { ...found, beyond: Math.max(0, onTheWay - breaks.length * mostInFlight) }
}

/** Whether a gateway may not have heard what came of a request, because it was killed or stopped. */
function isOpenAt({ gateway, answeredAt = Number.POSITIVE_INFINITY }: SeenRequest, breaks: readonly Break[]): boolean {
  return breaks.some((one) => one.gateway === gateway && answeredAt > one.at - TAKEN_IN_MS)
}

const STATUSES = { AcceptedRow: 'ACCEPTED', RejectedRow: 'REJECTED', UnconfirmedRow: 'UNCONFIRMED' } as const

type Status = (typeof STATUSES)[keyof typeof STATUSES]

function statusesOf(answer: KeyedAnswer | undefined): (index: number) => Status {
  if (answer?.payload === undefined) throw new Error('The last answer has no outcomes.')
  const others = new Map(answer.payload.rows.map(({ index, __typename }) => [index, __typename]))
  return (index) => STATUSES[others.get(index) ?? 'AcceptedRow']
}

/** Rows that an answer does not list were accepted, and stay so. */
function changedIn(answers: readonly KeyedAnswer[]): number {
  const lists = answers.flatMap(({ payload }) => (payload === undefined ? [] : [new Set(payload.rows.map(({ index }) => index))]))
  const last = lists.pop() ?? new Set<number>()
  return [...last].filter((index) => lists.some((list) => !list.has(index))).length
}
