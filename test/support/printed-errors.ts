import { GATEWAY_ERRORS } from '../../src/errors.ts'
import { UNCONFIRMED_REASONS } from '../../src/ingest/outcome.ts'
import { ROW_ISSUE_CODES } from '../../src/rows/issue.ts'
import type { CodeWords } from '../../src/util/code-words.ts'

/** Where the page of all codes is committed. */
export const ERRORS_FILE = new URL('../../docs/errors.md', import.meta.url)

const HEAD = `<!-- Written by \`npm run schema\` from the tables of codes; not to be edited. -->

# Errors: cause and cure

What can go wrong is said by a code, out of three closed lists. They are the enums \`RowIssueCode\`, \`UnconfirmedReason\` and
\`GatewayErrorCode\` of the [schema](../schema/schema.graphql), in the same words.

- [Rows that were rejected](#rows-that-were-rejected): data at HTTP 200, in \`issues\` of a \`RejectedRow\`. The row was certainly not written.
- [Rows that are unconfirmed](#rows-that-are-unconfirmed): data at HTTP 200, in \`reason\` of an \`UnconfirmedRow\`. The row may have been written.
- [Requests that were declined](#requests-that-were-declined): \`errors[].extensions.code\`. With a \`path\` the field there was declined and nothing
  else, without one the whole request.

How rejected rows are corrected and sent again is told in the [recipes](recipes.md#correcting-rejected-rows), what becomes of each answer of
the upstream in [moving from direct REST](from-rest.md#answers).
`

/** The page with a section for every code: what it stands for and what to do. */
export function printErrors(): string {
  return [
    HEAD,
    '## Rows that were rejected\n',
    'Whether the same row may succeed later without a change is said by `retryable` of the row, and when by `retryAfterMs`.\n',
    ...codeSections(ROW_ISSUE_CODES),
    '## Rows that are unconfirmed\n',
    'Whether a row can be sent again without harm is said by `safeToResend`.\n',
    ...codeSections(UNCONFIRMED_REASONS),
    '## Requests that were declined\n',
    ...Object.entries(GATEWAY_ERRORS).map(([code, entry]) => section(code, entry, statusOf(entry))),
  ].join('\n')
}

/** A section for each code of a list. */
export function codeSections(list: Readonly<Record<string, CodeWords>>): string[] {
  return Object.entries(list).map(([code, words]) => section(code, words))
}

function section(code: string, { cause, cure }: CodeWords, more = ''): string {
  return `### \`${code}\`\n\n${cause}${more}\n\n**What to do:** ${cure}\n`
}

function statusOf({ status, retryable }: { readonly status: number; readonly retryable: boolean }): string {
  return ` Status ${status}${retryable ? '; the same may succeed later' : ''}.`
}
