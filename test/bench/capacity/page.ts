import { readFileSync, writeFileSync } from 'node:fs'

const PAGE = new URL('../../../docs/capacity.md', import.meta.url)

/** The page as it stands. */
export function readPage(): string {
  return readFileSync(PAGE, 'utf8')
}

/** A page with what is generated put into its places, each between `<!-- name -->` and `<!-- /name -->`. */
export function filled(page: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((text, [name, part]) => {
    const [head, rest] = cutAt(text, `<!-- ${name} -->`)
    const [, tail] = cutAt(rest, `<!-- /${name} -->`)
    return `${head}<!-- ${name} -->\n\n${part}\n\n<!-- /${name} -->${tail}`
  }, page)
}

/** Writes the page anew. */
export function writePage(parts: Readonly<Record<string, string>>): void {
  writeFileSync(PAGE, filled(readPage(), parts))
}

function cutAt(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark)
  if (at < 0) throw new Error(`The page has no place ${mark}.`)
  return [text.slice(0, at), text.slice(at + mark.length)]
}
