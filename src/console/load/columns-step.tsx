import { findMappingProblems } from '../../tabular/match-headers.ts'
import { mixedForms } from '../../tabular/number-forms.ts'
import { Icon } from '../parts/icon.tsx'
import { Empty, FailureNotice, Notice } from '../parts/notice.tsx'
import { bytes, count, counted } from '../parts/number-text.ts'
import type { Resource } from '../session/resource.ts'
import type { Load } from './create-load.ts'
import type { Choice, Loaded, StateOf } from './load-state.ts'
import { MappingTable } from './mapping-table.tsx'
import { delimiterTitle, ReadAs } from './read-as.tsx'
import { ResourceChoice } from './resource-choice.tsx'
import { StepHeading } from './steps.tsx'

interface ColumnsStepProps {
  readonly load: Load
  readonly state: StateOf<'columns'>
  readonly resources: readonly Resource[]
}

/** The resource of the rows and the target of each column, to be checked before anything is sent. */
export function ColumnsStep({ load, state: { loaded, choice, failure }, resources }: ColumnsStepProps) {
  return (
    <section class="stack">
      <StepHeading>What is in it, and where it goes</StepHeading>
      <FileFacts load={load} loaded={loaded} />
      {failure && <FailureNotice failure={failure} />}
      {choice === undefined && (
        <Notice tone="warning" title="None of these columns is known.">
          <p>Is the first line of the file the header? If it is, choose below what the rows are.</p>
        </Notice>
      )}
      <ResourceChoice load={load} loaded={loaded} choice={choice} resources={resources} />
      {choice ? (
        <Mapped load={load} loaded={loaded} choice={choice} />
      ) : (
        <Empty icon="list" title="Choose what the rows are to see their columns." />
      )}
    </section>
  )
}

function Mapped({ load, loaded, choice }: { load: Load; loaded: Loaded; choice: Choice }) {
  const problems = findMappingProblems(loaded.scan.headers, choice.targets, choice.resource)
  const mixed = mixedForms(loaded.scan.numberForms, choice.targets, choice.resource)
  const isBlocked = problems.missing.length > 0 || problems.doubled.length > 0 || mixed !== undefined
  return (
    <>
      <MappingTable load={load} loaded={loaded} choice={choice} />
      <MappingNotices {...problems} mixed={mixed} scan={loaded.scan} />
      <div class="actions">
        <button type="button" class="button button-primary" disabled={isBlocked} onClick={load.tryRows}>
          Try the first {count(loaded.scan.firstRows.length)} rows <Icon name="arrow" />
        </button>
        <span class="muted">A trial writes nothing.</span>
      </div>
    </>
  )
}

type MappingNoticesProps = ReturnType<typeof findMappingProblems> & { mixed: ReturnType<typeof mixedForms>; scan: Loaded['scan'] }

/** What keeps the rows from being sent, and what will not be sent with them. */
function MappingNotices({ missing, doubled, leftOut, mixed, scan }: MappingNoticesProps) {
  return (
    <>
      {missing.length > 0 && (
        <Notice
          tone="bad"
          title={`${counted(missing.length, 'column')} that every row must have ${missing.length === 1 ? 'is' : 'are'} missing.`}
        >
          <p>
            Say above which column of the file holds {missing.length === 1 ? 'it' : 'them'}:{' '}
            {missing.map(({ field, column }, at) => (
              <span key={field}>
                {at > 0 && ', '}
                <code>{column}</code>
              </span>
            ))}
            .
          </p>
        </Notice>
      )}
      {doubled.length > 0 && (
        <Notice tone="bad" title={`Several columns of the file go to ${[...new Set(doubled.map(({ target }) => target))].join(', ')}.`}>
          <p>Leave all but one of them out.</p>
        </Notice>
      )}
      {mixed && (
        <Notice tone="bad" title="Numbers with a comma before decimals stand beside numbers with a point and three digits.">
          <p>
            Line {mixed.comma} has the first with a comma, so a number like 1.250 (first in line {mixed.thousands}) could mean 1250. Write a
            point before decimals and nothing between thousands, and drop the file again.
          </p>
        </Notice>
      )}
      {leftOut.length > 0 && (
        <Notice tone="warning" title={`${counted(leftOut.length, 'column')} of the file will be left out.`}>
          <p>{leftOut.map((name) => name || '(no name)').join(', ')}</p>
        </Notice>
      )}
      {scan.ragged > 0 && (
        <Notice
          tone="warning"
          title={`${counted(scan.ragged, 'row')} ${scan.ragged === 1 ? 'has' : 'have'} more or fewer cells than the header.`}
        >
          <p>The first is in line {scan.firstRagged?.line}. They are not sent; you will find them among the rejected rows.</p>
        </Notice>
      )}
    </>
  )
}

/** Which file it is, how it was read, and how to read it in another way. */
function FileFacts({ load, loaded: { file, read, scan } }: { load: Load; loaded: Loaded }) {
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
            <summary>Read the file differently</summary>
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
