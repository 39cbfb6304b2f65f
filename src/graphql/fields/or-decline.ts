import { GatewayError } from '../../errors.ts'
import type { BadChoice } from '../../resource/solutions.ts'

/** What was found for a caller's choice; declines the field with what is known where nothing was. */
export function orDecline<T extends object>(found: T | BadChoice): T {
  if ('fault' in found) throw new GatewayError('BAD_USER_INPUT', found.fault)
  return found as T
}
