import type { Encoding, ReadOptions } from '../file/source-row.ts'

const ENCODINGS: readonly { readonly value: Encoding; readonly title: string }[] = [
  { value: 'utf-8', title: 'UTF-8' },
  { value: 'windows-1252', title: 'Windows-1252 (Western Europe)' },
  { value: 'utf-16le', title: 'UTF-16, little endian' },
  { value: 'utf-16be', title: 'UTF-16, big endian' },
]
const DELIMITERS = [
  { value: ',', title: 'Comma' },
  { value: ';', title: 'Semicolon' },
  { value: '\t', title: 'Tab' },
  { value: '|', title: 'Bar' },
] as const

/** The name of a delimiter for people. */
export function delimiterTitle(delimiter: string): string {
  return DELIMITERS.find(({ value }) => value === delimiter)?.title.toLowerCase() ?? delimiter
}

/** Lets the user read a file in another way than was detected. */
export function ReadAs({ read, onRead }: { read: ReadOptions; onRead: (read: ReadOptions) => void }) {
  const change = (name: keyof ReadOptions, value: string) => {
    const { [name]: _, ...others } = read
    onRead(value === '' ? others : { ...others, [name]: value })
  }
  return (
    <div class="fields-inline">
      <label class="field">
        <span>Encoding</span>
        <select value={read.encoding ?? ''} onChange={(event) => change('encoding', event.currentTarget.value)}>
          <option value="">Found out</option>
          {ENCODINGS.map(({ value, title }) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Delimiter</span>
        <select value={read.delimiter ?? ''} onChange={(event) => change('delimiter', event.currentTarget.value)}>
          <option value="">Found out</option>
          {DELIMITERS.map(({ value, title }) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
      </label>
    </div>
  )
}
