import { hash } from 'node:crypto'

/** Who does something; what happens at once is told in this order, since only that of each by itself is certain. */
const SPEAKERS = ['caller', 'log', 'upstream', 'told'] as const

/** What happens in a run, line by line. */
export interface Trace {
  /** Notes a line at the present time, with further lines below it. */
  note(speaker: (typeof SPEAKERS)[number], line: string, below?: readonly string[]): void
  /** All that was noted since the last call happened at once. */
  endStep(): void
  /** Has a text stand for another wherever it occurs. */
  name(text: string, name: string): void
  text(): string
}

/** An empty trace. What chance or the machine chose is replaced by names in the order of first sight, the same for the same. */
export function createTrace(): Trace {
  const lines: string[] = []
  const names = new Map<string, string>()
  let step: { readonly rank: number; readonly text: string }[] = []
  let sighted = 0
  const nameOf = (found: string) => {
    const known = names.get(found) ?? `<id ${++sighted}>`
    names.set(found, known)
    return known
  }

  function named(line: string): string {
    let text = line.replace(/\b(00-[0-9a-f]{32})-(?!2{16})[0-9a-f]{16}-(\d\d)\b/g, '$1-<span>-$2')
    for (const [known, name] of names) text = text.replaceAll(known, name)
    return text
      .replace(/~[0-9a-f]{8}\b/g, '~')
      .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, nameOf)
      .replace(/\b(?!1{32})[0-9a-f]{32}\b/g, nameOf)
  }

  function endStep(): void {
    for (const { text } of step.toSorted((one, other) => one.rank - other.rank)) lines.push(text)
    step = []
  }

  return {
    note(speaker, line, below = []) {
      const at = String(Math.round(performance.now() * 1_000) / 1_000).padStart(8)
      const text = [`${at}  ${named(line)}`, ...below.map((one) => `          | ${named(one)}`)].join('\n')
      step.push({ rank: SPEAKERS.indexOf(speaker), text })
    },
    endStep,
    name: (text, name) => void names.set(text, name),
    text() {
      endStep()
      return `${lines.join('\n')}\n`
    },
  }
}

/** Stands for a text that is too long to be read: two that differ have others. */
export function digestOf(text: string): string {
  return `#${hash('sha256', text).slice(0, 10)}`
}

const MOST_LETTERS = 1_200

/** A text as it is, or how it begins, its length and its digest. */
export function shortened(text: string, most = MOST_LETTERS): string {
  return text.length <= most ? text : `${text.slice(0, 200)} ... ${text.length} letters ${digestOf(text)}`
}

/** Names that follow each other, with only the first and last of those that count up by one. */
export function inRuns(names: readonly string[]): string {
  const runs: { readonly first: string; last: string }[] = []
  for (const name of names) {
    const run = runs.at(-1)
    if (run !== undefined && name === nextOf(run.last)) run.last = name
    else runs.push({ first: name, last: name })
  }
  return runs.map(({ first, last }) => (first === last ? first : `${first}..${last}`)).join(' ')
}

function nextOf(name: string): string {
  return name.replace(/\d+$/, (number) => String(Number(number) + 1))
}
