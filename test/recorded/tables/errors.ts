import { GATEWAY_ERRORS, GatewayError, type GatewayErrorCode } from '../../../src/errors.ts'
import type { Table } from './table.ts'

/** How requests are declined. */
export const errors: Table = {
  name: 'errors',
  title: 'Errors: the status of each code, and when the same may be tried again.',
  about: 'Each line is a code, its status, and the numbers that it has where it is given none.',
  lines: () =>
    (Object.keys(GATEWAY_ERRORS) as GatewayErrorCode[]).map(
      (code) => `${code}: ${GATEWAY_ERRORS[code].status} ${JSON.stringify(new GatewayError(code, '').numbers)}`,
    ),
}
