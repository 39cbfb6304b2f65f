import { repeatedName } from '../util/json-text.ts'

/** Whether an object in a JSON text has a name twice: all but one of its values would be lost without a word. */
export function hasRepeatedName(text: string): boolean {
  return repeatedName(text) !== undefined
}
