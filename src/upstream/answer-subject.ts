import type { Destination } from '../ingest/upstream-port.ts'
import { objectName } from '../resource/solutions.ts'

/** Words by which an answer names what it did, beside the operation itself. */
const SYNONYMS = { UPSERT: 'merge', APPEND: 'insert' } as const
const OPERATIONS = /^(?:upsert|append|insert|merge|update|replace|delete|remove|truncate|validate|read|get|select|none)$/i
const OBJECT = /^[A-Z][A-Z0-9_]*$/
const NOT_MEANT = /dry|valid|test|simul|preview|mock|no-?op/i

/** What of the request an answer may repeat under a plain name. */
export function namesOf(name: string, { solution, resource, operation }: Destination): readonly string[] {
  switch (name) {
    case 'solutionname':
      return [solution.name]
    case 'operation':
    case 'operationtype':
      return [operation, SYNONYMS[operation]]
    case 'object':
    case 'objectname':
      return [resource.object, objectName(solution, resource)]
    default:
      return []
  }
}

/**
 * Whether something in an answer, by its plain name, says that it is about another request than the one sent: another solution,
 * object or operation, or a trial. The value is none that the request itself has under the name.
 */
export function namesAnother(name: string, value: string, dryRun: boolean): boolean {
  switch (name) {
    case 'solutionname':
      return true
    case 'operation':
    case 'operationtype':
      return OPERATIONS.test(value)
    case 'object':
    case 'objectname':
      // Some servers name the kind of thing they answer with like this, in lower case.
      return OBJECT.test(value)
    case 'mode':
      return NOT_MEANT.test(value) && !dryRun
    default:
      return false
  }
}
