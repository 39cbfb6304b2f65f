import type { FILE_FAULTS } from './file-faults.ts'

/** The code of what is wrong with a file as a whole. */
export type FileFault = Exclude<keyof typeof FILE_FAULTS, 'DEFECT'>

/** A file that cannot be read on; says where, and what to do about it. */
export class FileError extends Error {
  override readonly name = 'FileError'
  readonly fault: FileFault
  readonly remedy: string

  constructor(fault: FileFault, message: string, remedy: string) {
    super(message)
    this.fault = fault
    this.remedy = remedy
  }
}
