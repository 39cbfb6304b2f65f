import { attributeOf, attributeTarget, EXTRA } from '../../tabular/header-names.ts'
import { matchHeaders } from '../../tabular/match-headers.ts'
import { cellText } from '../file/source-row.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import type { Resource } from '../session/resource.ts'
import type { Load } from './create-load.ts'
import type { Choice, Loaded } from './load-state.ts'

interface MappingTableProps {
  readonly load: Load
  readonly loaded: Loaded
  readonly choice: Choice
}

const SAMPLES = 3

/** Every column of the file, with the field it is mapped to. */
export function MappingTable({ load, loaded: { scan }, choice }: MappingTableProps) {
  const matches = matchHeaders(scan.headers, choice.resource)
  const samples = (at: number) =>
    [...new Set(scan.firstRows.map(({ cells }) => cellText(cells[at])).filter((text) => text !== ''))].slice(0, SAMPLES)
  return (
    <table class="mapping">
      <caption class="visually-hidden">Columns of the file and the fields they go to</caption>
      <thead>
        <tr>
          <th scope="col">Column of the file</th>
          <th scope="col">Holds</th>
          <th scope="col">Goes to</th>
          <th scope="col">
            <span class="visually-hidden">State</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {scan.headers.map((header, at) => {
          const target = choice.targets[at] ?? null
          const match = matches[at]
          return (
            <tr key={at}>
              <th scope="row">{header || <em>no name</em>}</th>
              <td class="samples">
                {samples(at).map((text) => (
                  <code key={text}>{text.slice(0, 40)}</code>
                ))}
                {samples(at).length === 0 && <span class="muted">empty in the first rows</span>}
              </td>
              <td>
                <TargetSelect
                  header={header}
                  target={target}
                  resource={choice.resource}
                  onChange={(chosen) => load.choose({ targets: choice.targets.with(at, chosen) })}
                />
              </td>
              <td>
                <MatchState how={match?.target === target ? match.how : target === null ? 'unknown' : 'chosen'} target={target} />
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

interface TargetSelectProps {
  readonly header: string
  readonly target: string | null
  readonly resource: Resource
  readonly onChange: (target: string | null) => void
}

function TargetSelect({ header, target, resource, onChange }: TargetSelectProps) {
  const attribute = attributeOf(target) ?? proposedAttribute(header)
  return (
    <select
      aria-label={`${header || 'The column without a name'} goes to`}
      value={target ?? ''}
      onChange={(event) => onChange(event.currentTarget.value || null)}
    >
      <option value="">Leave it out</option>
      {resource.columns.map(({ field, column, presence }) => (
        <option key={field} value={field}>
          {column}
          {presence === 'REQUIRED' ? ' *' : ''}
        </option>
      ))}
      {target === EXTRA && <option value={EXTRA}>Custom attributes</option>}
      {attribute !== undefined && <option value={attributeTarget(attribute)}>Custom attribute {attribute}</option>}
    </select>
  )
}

/** The custom attribute that a column of the file may be: by its own name if valid, else in the upstream's spelling. */
function proposedAttribute(header: string): string | undefined {
  const own = attributeOf(header.trim())
  const name =
    own ??
    header
      .trim()
      .replace(/[^A-Za-z0-9]+/g, '_')
      .toUpperCase()
  return /^[A-Z_]\w{0,126}$/i.test(name) && name !== EXTRA.toUpperCase() ? name : undefined
}

const STATES: Readonly<Record<string, { readonly icon: IconName; readonly tone: string; readonly words: string }>> = {
  same: { icon: 'check', tone: 'good', words: 'Same name' },
  chosen: { icon: 'check', tone: 'good', words: 'Chosen' },
  similar: { icon: 'question', tone: 'warning', words: 'Similar: please check' },
  doubled: { icon: 'warning', tone: 'warning', words: 'Another column of this name' },
  ours: { icon: 'circle', tone: 'plain', words: 'Tells why a row was rejected' },
  unknown: { icon: 'circle', tone: 'plain', words: 'Left out' },
}

function MatchState({ how, target }: { how: string; target: string | null }) {
  const state = STATES[how] ?? STATES.unknown
  return (
    <span class={`state state-${state?.tone}`}>
      <Icon name={state?.icon ?? 'circle'} />
      {how === 'same' && attributeOf(target) !== undefined ? 'Custom attribute' : state?.words}
    </span>
  )
}
