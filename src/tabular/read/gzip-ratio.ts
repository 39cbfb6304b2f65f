import { FileFault } from '../file-faults.ts'

/** No text of rows is this much longer than its gzip, whatever the size. */
const MAX_RATIO = 400
const ALWAYS_ALLOWED = 16 * 1024 * 1024

/** Throws where a gzip file has given more bytes than any of rows does, of those that were taken from it. */
export function expectNoBomb(given: number, taken: number): void {
  if (given > ALWAYS_ALLOWED && given > taken * MAX_RATIO)
    throw new FileFault('GZIP_BOMB', `The gzip file decompresses to more than ${MAX_RATIO} times its size: no file of rows does.`)
}
