import { ClientError } from '../../client/index.ts'
import { FileFault, type FileFaultCode } from '../../tabular/file-faults.ts'
import { errorCode } from '../../util/error-code.ts'
import { ImportFailure, type ProblemCode } from './failure.ts'

interface Meaning {
  readonly code: ProblemCode
  readonly says?: string
  readonly advice: string
}

const AGAIN = 'Run the same command again: it continues where it stopped.'
const OTHER_TENANT = 'If the new token is another tenant, an APPEND is declined then, and you are told from which line to continue.'
const TOKEN: Meaning = {
  code: 'TOKEN_REFUSED',
  advice: `Set the environment variable ROWGATE_TOKEN to a valid token, which may write this table. ${AGAIN} ${OTHER_TENANT}`,
}
const DECLINED = 'Look up that code in docs/errors.md, and do what it says. Then run the same command again: it continues where it stopped.'
const OLD: Meaning = {
  code: 'GATEWAY_TOO_OLD',
  says: 'The gateway is older than this command, or is not Rowgate: it does not understand the request.',
  advice: 'Update the gateway, or use the command of the same version.',
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  UNREACHABLE: {
    code: 'GATEWAY_UNREACHABLE',
    advice: `Check that the gateway runs, and that --url is its address. A CA of your own is named by NODE_EXTRA_CA_CERTS. ${AGAIN}`,
  },
  NOT_A_GATEWAY: { code: 'NOT_A_GATEWAY', advice: 'Check --url: it must be the GraphQL address, such as https://rowgate.example/graphql.' },
  OLD_GATEWAY: OLD,
  GRAPHQL_VALIDATION_FAILED: OLD,
  UNAUTHENTICATED: { ...TOKEN, says: 'The gateway accepts no rows without a token, or not with this one.' },
  UPSTREAM_UNAUTHORIZED: TOKEN,
  TOKEN_FAILED: { ...TOKEN, says: 'ROWGATE_TOKEN cannot be sent as a token: it contains a line break or a similar character.' },
  MAX_REJECTED: {
    code: 'TOO_MANY_REJECTED',
    advice:
      'Correct the rejected rows in their file, and load that. The rows after them are loaded by the same command with a higher --max-rejected.',
  },
  ABORTED: { code: 'INTERRUPTED', says: 'Stopped.', advice: AGAIN },
  IDEMPOTENCY_KEY_REUSED: {
    code: 'KEY_USED',
    says: 'Its key was used for other rows: different content under the same --key, or the same content with another --map, --delimiter or version of this command.',
    advice: 'Load it the same way as before; or make it a new load with --again NAME (or another --key), which sends all of it.',
  },
}

/** What can be said better to people who have a command line. */
const CURES: Partial<Record<FileFaultCode, string>> = {
  INVALID_ENCODING:
    'Export it as UTF-8, or state what it is: --encoding windows-1252 (Western Europe; or iso-8859-2, windows-1251, shift_jis, ...).',
  NUL_CHARACTER: 'Remove it where the file is made. If it is UTF-16 without a byte order mark, state --encoding utf-16le (or utf-16be).',
}

/** An error of the client, or of the file, in words for people; other errors are returned unchanged. */
export function failureOf(error: unknown): unknown {
  if (error instanceof FileFault) {
    const { code, message, line, cure } = error
    return new ImportFailure({ code, message, ...(line !== undefined && { line }) }, CURES[code] ?? cure)
  }
  if (!(error instanceof ClientError)) return error
  if (error.cause instanceof ImportFailure || error.cause instanceof FileFault) return failureOf(error.cause)
  const inRows = error.code === 'ROOT_ERROR' ? Object.keys(MEANINGS).find((code) => error.message.includes(code)) : undefined
  const meaning = MEANINGS[inRows ?? error.code]
  // A run that was ended names the code of its rows, which is the one to look up.
  const message = error.code === 'ROOT_ERROR' ? error.message : `${error.code}: ${error.message}`
  if (meaning === undefined) return new ImportFailure({ code: 'DECLINED', message }, DECLINED)
  return new ImportFailure({ code: meaning.code, message: meaning.says ?? withCause(error) }, meaning.advice)
}

/** The message with the code of what went wrong in the network, such as ENOTFOUND or that of a certificate. */
function withCause({ message, cause }: ClientError): string {
  const code = errorCode(cause)
  return code === undefined ? message : message.replace(/\.$/, ` (${code}).`)
}
