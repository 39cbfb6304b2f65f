import { GatewayError } from '../../errors.ts'
import type { BadChoice } from '../../resource/solutions.ts'

/** What was found for a caller's choice; where nothing was, declines the field with `BAD_USER_INPUT` and what is wrong with the choice. */
export function orDecline<T extends object>(found: T | BadChoice): T {
  if ('fault' in found) throw new GatewayError('BAD_USER_INPUT', found.fault)
  return found as T
}
