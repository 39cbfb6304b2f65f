import type { Encoding, ReadOptions } from '../file/source-row.ts'
import { SelectField } from '../parts/fields.tsx'

const FOUND_OUT = ['', 'Detected'] as const
const ENCODINGS: readonly (readonly [Encoding, title: string])[] = [
  ['utf-8', 'UTF-8'],
  ['windows-1252', 'Windows-1252 (Western Europe)'],
  ['utf-16le', 'UTF-16, little endian'],
  ['utf-16be', 'UTF-16, big endian'],
]
const DELIMITERS: readonly (readonly [delimiter: string, title: string])[] = [
  [',', 'Comma'],
  [';', 'Semicolon'],
  ['\t', 'Tab'],
  ['|', 'Bar'],
]

/** The name of a delimiter for people. */
export function delimiterTitle(delimiter: string): string {
  return new Map(DELIMITERS).get(delimiter)?.toLowerCase() ?? delimiter
}

/** Lets the user read a file in another way than was detected. */
export function ReadAs({ read, onRead }: { read: ReadOptions; onRead: (read: ReadOptions) => void }) {
  const change = (name: keyof ReadOptions, value: string) => {
    const { [name]: _, ...others } = read
    onRead(value === '' ? others : { ...others, [name]: value })
  }
  return (
    <div class="fields-inline">
      <SelectField
        title="Encoding"
        value={read.encoding ?? ''}
        options={[FOUND_OUT, ...ENCODINGS]}
        onChange={(value) => change('encoding', value)}
      />
      <SelectField
        title="Delimiter"
        value={read.delimiter ?? ''}
        options={[FOUND_OUT, ...DELIMITERS]}
        onChange={(value) => change('delimiter', value)}
      />
    </div>
  )
}
