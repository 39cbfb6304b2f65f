import { z } from 'zod'
import type { Counted, Minute } from '../quality/minutes.ts'
import type { Solution } from '../resource/module.ts'
import { ROW_ISSUE_CODES, type RowIssueCode } from '../rows/issue.ts'

/** The body of a note about a minute, version 1. */
export interface MinuteBody extends Counted, Pick<Minute, 'mutations' | 'rows'> {
  readonly issues: readonly { readonly code: RowIssueCode; readonly field?: string; readonly count: number }[]
}

const count = z.int().min(0)

const ISSUE = z.object({ code: z.string(), field: z.string().exactOptional(), count })

const MINUTE = z.object({
  ...{ solution: z.string(), resource: z.string(), start: z.int(), mutations: count },
  rows: z.object({ ACCEPTED: count, REJECTED: count, UNCONFIRMED: count }),
  // A newer Rowgate may have more codes.
  issues: z.array(ISSUE).transform((all) => all.filter(isKnown)),
})

const SOLUTION = z.object({ name: z.string(), modules: z.array(z.string()), prefix: z.string(), suffix: z.string() })

/** Reads a minute; undefined where the body is damaged, or of another shape. */
export function readMinute(body: string): MinuteBody | undefined {
  return MINUTE.safeParse(parsed(body)).data
}

/** Reads a learnt solution; undefined where the body is damaged, or of another shape. */
export function readSolution(body: string): Solution | undefined {
  return SOLUTION.safeParse(parsed(body)).data
}

function isKnown<Issue extends { readonly code: string }>(issue: Issue): issue is Issue & { readonly code: RowIssueCode } {
  return Object.hasOwn(ROW_ISSUE_CODES, issue.code)
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
