import { readFile } from 'node:fs/promises'
import type { Cells, Destination, HistoryEvent, Told } from './history.ts'

/** An event and where it stands. */
export type Line<Name extends HistoryEvent['event'] = HistoryEvent['event']> = Extract<HistoryEvent, { event: Name }> & {
  readonly at: number
  /** The line of the file, from 1. */
  readonly line: number
}

/** One request as the upstream knows it. */
export interface UpstreamRequest {
  readonly arrived: Line<'arrived'>
  received?: Line<'received'>
  readonly applied: Line<'applied'>[]
  answered?: Line<'answered'>
  ended?: Line<'ended'>
}

/** One mutation as its caller knows it. */
export interface Mutation {
  readonly sent: Line<'sent'>
  readonly told: Line<'told'>[]
  readonly declined: Line<'declined'>[]
}

/** A row in a request. */
export interface Attempt {
  readonly request: UpstreamRequest
  readonly received: Line<'received'>
  readonly place: number
}

/** One row that was sent. */
export interface Write {
  readonly id: string
  readonly cells: Cells
  readonly mutation: Mutation
  readonly index: number
  /** Table and key together. */
  readonly slot: string
  readonly told: Told | undefined
  readonly attempts: Attempt[]
  readonly applied: Line<'applied'>[]
}

/** A whole history, put together. */
export interface Run {
  readonly settings: Line<'settings'>
  readonly mutations: readonly Mutation[]
  readonly requests: readonly UpstreamRequest[]
  readonly dropped: readonly Line<'dropped'>[]
  readonly writes: ReadonlyMap<string, Write>
  /** What cannot be put together, in words. */
  readonly misfits: readonly string[]
}

/** The column that names a row; no two rows of a history have the same there. */
const ID_COLUMN = 'source_id'
const KEY_COLUMNS = ['product_id', 'updated_at']

/** The id of a row. */
export function idOf(cells: Cells): string {
  return cells[ID_COLUMN] ?? ''
}

/** Table and key of a row in one text. */
export function slotOf({ tenant, object, solution }: Destination, cells: Cells): string {
  return JSON.stringify([tenant, solution, object, ...keyOf(cells)])
}

/** The key values of a row, in order. */
export function keyOf(cells: Cells): (string | undefined)[] {
  return KEY_COLUMNS.map((name) => cells[name])
}

/** Reads a file of events. */
export async function readHistory(file: string): Promise<Run> {
  return putTogether((await readFile(file, 'utf8')).split('\n'))
}

/** Puts the events together that concern each other; lines may be in any order, times count. */
export function putTogether(lines: readonly string[]): Run {
  const events = lines
    .flatMap((text, nth) => (text === '' ? [] : [{ ...(JSON.parse(text) as Line), line: nth + 1 } as Line]))
    .sort((a, b) => a.at - b.at)
  const misfits: string[] = []
  const settings = events.find((event): event is Line<'settings'> => event.event === 'settings')
  if (settings === undefined) throw new Error('The history has no settings.')
  const mutations = mutationsOf(events, misfits)
  const requests = requestsOf(events, misfits)
  const writes = writesOf(mutations, misfits)
  for (const request of requests) addAttempts(request, writes, misfits)
  const dropped = events.filter((event): event is Line<'dropped'> => event.event === 'dropped')
  return { settings, mutations, requests, dropped, writes, misfits }
}

function mutationsOf(events: readonly Line[], misfits: string[]): Mutation[] {
  const byName = new Map<string, Mutation>()
  for (const event of events) {
    if (event.event === 'sent') byName.set(event.mutation, { sent: event, told: [], declined: [] })
    else if (event.event === 'told' || event.event === 'declined') {
      const mutation = byName.get(event.mutation)
      if (mutation === undefined) misfits.push(`an answer to ${event.mutation}, which was not sent (line ${event.line})`)
      else if (event.event === 'told') mutation.told.push(event)
      else mutation.declined.push(event)
    }
  }
  return [...byName.values()]
}

function requestsOf(events: readonly Line[], misfits: string[]): UpstreamRequest[] {
  const byNumber = new Map<number, UpstreamRequest>()
  for (const event of events) {
    if (!('request' in event)) continue
    const request = byNumber.get(event.request)
    if (event.event === 'arrived') byNumber.set(event.request, { arrived: event, applied: [] })
    else if (request === undefined) misfits.push(`request ${event.request} did not arrive (line ${event.line})`)
    else if (event.event === 'applied') request.applied.push(event)
    else if (event.event === 'received') request.received = event
    else if (event.event === 'answered') request.answered = event
    else request.ended ??= event
  }
  return [...byNumber.values()]
}

function writesOf(mutations: readonly Mutation[], misfits: string[]): Map<string, Write> {
  const writes = new Map<string, Write>()
  for (const mutation of mutations)
    mutation.sent.rows.forEach((cells, index) => {
      const id = idOf(cells)
      if (writes.has(id)) misfits.push(`two rows are named ${id} (line ${mutation.sent.line})`)
      const told = mutation.told[0]?.rows[index]
      writes.set(id, { id, cells, mutation, index, slot: slotOf(mutation.sent, cells), told, attempts: [], applied: [] })
    })
  return writes
}

function addAttempts(request: UpstreamRequest, writes: ReadonlyMap<string, Write>, misfits: string[]): void {
  const { received } = request
  if (received === undefined) return
  received.rows.forEach((cells, place) => {
    const write = writes.get(idOf(cells))
    if (write === undefined)
      misfits.push(`request ${received.request} holds the row ${idOf(cells)}, which nobody sent (line ${received.line})`)
    else write.attempts.push({ request, received, place })
  })
  for (const event of request.applied) for (const place of event.rows) writes.get(idOf(received.rows[place] ?? {}))?.applied.push(event)
}
