import { Icon } from '../parts/icon.tsx'
import { bytes, counted } from '../parts/number-text.ts'
import type { Load } from './create-load.ts'
import type { Loaded } from './load-state.ts'
import { delimiterTitle, ReadAs } from './read-as.tsx'

/** Which file it is, how it was read, and how to read it in another way. */
export function FileFacts({ load, loaded: { file, read, scan } }: { load: Load; loaded: Loaded }) {
  const facts = [
    counted(scan.rows, 'row'),
    counted(scan.headers.length, 'column'),
    bytes(file.size),
    scan.sheet !== undefined && `first sheet: ${scan.sheet}`,
    scan.encoding?.toUpperCase(),
    scan.delimiter !== undefined && `${delimiterTitle(scan.delimiter)} between cells`,
  ].filter((fact) => fact !== undefined && fact !== false)
  return (
    <div class="card file-facts">
      <Icon name="file" />
      <div class="file-facts-text">
        <p class="file-name">{file.name}</p>
        <p class="muted">{facts.join(' · ')}</p>
        {scan.format === 'csv' && (
          <details>
            <summary>Read it in another way</summary>
            <ReadAs read={read} onRead={(chosen) => load.drop(file, chosen)} />
          </details>
        )}
      </div>
      <button type="button" class="button button-quiet" onClick={load.startOver}>
        Another file
      </button>
    </div>
  )
}
