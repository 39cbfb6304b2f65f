import { useState } from 'preact/hooks'
import { Icon } from '../parts/icon.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import type { Load } from './create-load.ts'
import type { StateOf } from './load-state.ts'
import { ReadAs } from './read-as.tsx'

const FORMATS = '.csv,.tsv,.txt,.gz,.ndjson,.jsonl,.json,.xlsx,.xlsm'

/** The step in which a file is dropped or chosen. */
export function DropStep({ load, state: { failure, file, read } }: { load: Load; state: StateOf<'file'> }) {
  const [isOver, setOver] = useState(false)
  const take = (files: FileList | null | undefined) => {
    const given = files?.[0]
    if (given) load.drop(given)
  }
  return (
    <section class="stack">
      {failure && (
        <FailureNotice failure={failure}>
          {file && read && <ReadAs read={read} onRead={(chosen) => load.drop(file, chosen)} />}
        </FailureNotice>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is for the mouse; the button inside does the same. */}
      <div
        class={`drop ${isOver ? 'is-over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          take(event.dataTransfer?.files)
        }}
      >
        <span class="drop-icon">
          <Icon name="upload" />
        </span>
        <p class="drop-title">Drop a file here</p>
        <p class="muted">CSV (also as .csv.gz), NDJSON, JSON, or Excel up to 100,000 rows</p>
        <label class="button button-primary drop-choose">
          Choose a file
          <input class="visually-hidden" type="file" accept={FORMATS} onChange={(event) => take(event.currentTarget.files)} />
        </label>
      </div>
      <ul class="promises">
        <li>
          <strong>Read in this tab.</strong> The file goes nowhere before you have seen its columns and press Send.
        </li>
        <li>
          <strong>Tried first.</strong> The first rows are checked end to end, and nothing is written.
        </li>
        <li>
          <strong>Bad rows stay behind.</strong> The good ones go in; the others you correct here and send again.
        </li>
      </ul>
    </section>
  )
}
