/** A block of code of a page. */
export interface Block {
  readonly language: string
  /** The name behind the language: the block is a file that later blocks use. */
  readonly file?: string
  readonly code: string
  /** Where its code begins, from 1. */
  readonly line: number
}

/** A block, and the block with its answer where the next one is that. */
export interface Step extends Block {
  readonly answer?: Block
}

/** All blocks of code in the order of the page. */
function blocksOf(text: string): readonly Block[] {
  return [...text.matchAll(/^```(\w*)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(({ index, 1: language = '', 2: file, 3: code = '' }) => ({
    ...{ language, code, line: text.slice(0, index).split('\n').length + 1 },
    ...(file !== undefined && { file }),
  }))
}

/** The blocks that do something, each with what the page says comes of it. */
export function stepsOf(text: string): readonly Step[] {
  const blocks = blocksOf(text)
  const isAnswer = ({ language, file }: Block) => file === undefined && ['json', 'text'].includes(language)
  return blocks.flatMap((block, at) => {
    if (isAnswer(block)) return []
    const next = blocks[at + 1]
    return next !== undefined && isAnswer(next) ? { ...block, answer: next } : block
  })
}

/** What a link to a heading of the page may have behind its `#`, as GitHub makes it. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const seen = new Map<string, number>()
  const anchors = [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, words = '']) => {
    const plain = words
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-')
    const before = seen.get(plain) ?? 0
    seen.set(plain, before + 1)
    return before === 0 ? plain : `${plain}-${before}`
  })
  return new Set(anchors)
}

/** A link to a file of the project, or to a heading of the page itself. */
export interface Link {
  readonly words: string
  readonly path: string
  readonly anchor: string
}

/** All links of a page but those to other hosts. */
export function linksOf(text: string): readonly Link[] {
  return [...withoutCode(text).matchAll(/\[`?([^\]`]+)`?\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].map(
    ([, words = '', path = '', anchor = '']) => ({ words, path, anchor }),
  )
}

function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '')
}
