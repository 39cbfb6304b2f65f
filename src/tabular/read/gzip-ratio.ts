import { FileFault } from '../file-faults.ts'

/** No text of rows compresses better than this. */
const MAX_RATIO = 400
const ALWAYS_ALLOWED = 16 * 1024 * 1024

/** Throws if a gzip file decompresses to more than any text of rows would: `given` bytes out of `taken`. */
export function expectNoBomb(given: number, taken: number): void {
  if (given > ALWAYS_ALLOWED && given > taken * MAX_RATIO)
    throw new FileFault('GZIP_BOMB', `The gzip file decompresses to more than ${MAX_RATIO} times its size: no file of rows does.`)
}
