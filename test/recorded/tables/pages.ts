import { CLIENT_CODES } from '../../../src/client/client-codes.ts'
import { ClientError } from '../../../src/client/index.ts'
import { failureOf } from '../../../src/console/file/failure.ts'
import { GATEWAY_ERRORS } from '../../../src/errors.ts'
import { FILE_FAULTS, FileFault, type FileFaultCode } from '../../../src/tabular/file-faults.ts'
import type { Table } from './table.ts'

const lineOf = (error: unknown) => Object.values(failureOf(error)).join(' | ')

/** What the console's page tells people. */
export const pages: Table = {
  name: 'pages',
  title: "What the console's page says of each failure, and what is to be done about it.",
  about: 'The code, the message, and the remedy.',
  lines: () => [
    ...[...Object.keys(CLIENT_CODES), ...Object.keys(GATEWAY_ERRORS), 'OTHER'].map((code) => lineOf(new ClientError(code, 'The message.'))),
    ...(Object.keys(FILE_FAULTS) as FileFaultCode[]).flatMap((code) => [
      lineOf(new FileFault(code, 'The message.')),
      lineOf(new ClientError('ROWS_FAILED', 'The message.', { cause: new FileFault(code, 'The message.', 7) })),
    ]),
    lineOf(new DOMException('stopped', 'AbortError')),
    lineOf(new DOMException('other', 'DataError')),
    lineOf(new TypeError('defect')),
  ],
}
