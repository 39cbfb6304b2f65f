import { ClientError } from '../../client/index.ts'
import { FileFault, type FileFaultCode } from '../../tabular/file-faults.ts'

/** A failure, as it is passed between the worker and the page. */
export interface Failure {
  readonly code: string
  readonly message: string
  readonly remedy: string
}

const REMEDIES: Readonly<Record<string, string>> = {
  UNREACHABLE: 'Check that the gateway is running and your network reaches it, then try again. Nothing is written twice.',
  NOT_A_GATEWAY: 'Something between here and the gateway answered instead, such as a login page. Reload this page.',
  OLD_GATEWAY: 'Reload this page, so that it fits the gateway.',
  ROOT_ERROR: 'The next rows would be refused as well, so the run was ended. Correct what the message names, then send again.',
  BAD_USER_INPUT: 'Correct what the message names, then try again.',
  TOKEN_FAILED: 'The token has a character that cannot be sent. Copy it again, all of it and nothing else.',
  UNAUTHENTICATED: 'Enter a valid token. Nothing done so far is lost.',
  FORBIDDEN: 'Ask the operators of the gateway for the right to do this.',
  IDENTITY_UNAVAILABLE: 'The gateway cannot check tokens at present. Try again in a minute.',
  RATE_LIMITED: 'You have used up your quota for now. Wait a little, then try again.',
  DOCUMENT_NOT_TRUSTED:
    'This gateway takes only trusted documents, and those of this page are not among them: ask its operators to let you send any.',
  UPSTREAM_UNAUTHORIZED: 'The token has expired or has no access to the solution: enter another one.',
  UPSTREAM_REFUSED: 'Correct your entry as the message says, then try again.',
  UPSTREAM_UNAVAILABLE: 'The data ingestion API does not answer at present. Try again in a minute.',
  STORE_UNAVAILABLE: 'The gateway cannot keep its records at present. Try again in a minute.',
  OVERLOADED: 'The gateway has more work than it can do. Try again in a minute.',
  IDEMPOTENCY_KEY_REUSED: 'This file was loaded before with other columns. Tick “load it again as new” if that is what you want.',
  MAX_REJECTED:
    'Correct the rows below by their most frequent issue, and send them. Rows after the last one that was sent: load them as a file of their own. Load all of a corrected file only if its rows are updated, and not added.',
  ABORTED: 'You stopped it. Rows that have an outcome keep it; send again to go on.',
}

/** Better advice for people who use the page. */
const CURES: Partial<Record<FileFaultCode, string>> = {
  INVALID_ENCODING: 'Choose its encoding below, or save the file as UTF-8, and drop it again.',
  NUL_CHARACTER: 'If the file is UTF-16, choose that below; otherwise remove the character from the file.',
}

/** An error in words for people, with advice. */
export function failureOf(error: unknown): Failure {
  if (error instanceof FileFault) {
    const { code, message, line, cure } = error
    return { code, message: line === undefined ? message : `Line ${line}: ${message}`, remedy: CURES[code] ?? cure }
  }
  if (error instanceof ClientError && error.cause instanceof FileFault) return failureOf(error.cause)
  if (error instanceof ClientError)
    return {
      code: error.code,
      message: error.message,
      remedy: REMEDIES[error.code] ?? 'Try again; if it happens again, show this to the operators of the gateway.',
    }
  if (error instanceof DOMException && error.name === 'AbortError') return { code: 'ABORTED', message: 'Stopped.', remedy: '' }
  return {
    code: 'DEFECT',
    message: 'Something went wrong on this page.',
    remedy: 'Reload the page, and show this to the operators of the gateway.',
  }
}
