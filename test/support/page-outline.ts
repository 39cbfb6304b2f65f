import type { Page } from 'playwright-core'

/**
 * What a page shows, one element a line: its classes, what is told to people and to screen readers, what its fields hold, what may
 * not be pressed, and where the focus is.
 */
export async function outlineOf(page: Page, within: string): Promise<string> {
  await page.evaluate(DRAWN)
  return page.evaluate<string>(`(${OUTLINE})(${JSON.stringify(within)})`)
}

/** Effects, which move the focus, come after the page was drawn. */
const DRAWN = 'new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(() => setTimeout(resolve)))))'

/** An icon is told by how its path begins; all that can be chosen from a list stands in one line. */
const OUTLINE = `(within) => {
  const lines = []
  const isTold = (node) => ({ name }) => !['class', 'value', node.localName === 'svg' && 'viewBox', node.matches('.grid-row') && 'style'].includes(name)
  const held = ({ localName, type, value, checked, selectedOptions }) =>
    localName === 'select' ? selectedOptions[0]?.textContent : type === 'checkbox' || type === 'radio' ? checked : localName === 'input' ? value : undefined
  const wordsOf = (node) =>
    [
      [node.localName, ...node.classList].join('.'),
      ...[...node.attributes].filter(isTold(node)).map(({ name, value }) => (value === '' ? name : name + '=' + JSON.stringify(value))),
      ...(held(node) === undefined ? [] : ['holds ' + JSON.stringify(held(node))]),
      ...(node === document.activeElement ? ['(focus)'] : []),
    ].join(' ')
  const walk = (node, depth) => {
    const line = (text) => lines.push('  '.repeat(depth) + text)
    if (node.nodeType === Node.TEXT_NODE) return line(JSON.stringify(node.data))
    if (node.matches('svg.icon')) return line('icon ' + node.querySelector('path').getAttribute('d').slice(0, 16).trim())
    if (node.localName === 'select') return line(wordsOf(node) + ' of ' + [...node.options].map((one) => one.textContent).join(' | '))
    const inner = [...node.childNodes].filter((child) => (child.nodeType === Node.ELEMENT_NODE ? !child.matches('.bar-hover') : child.nodeType === Node.TEXT_NODE && child.data.trim() !== ''))
    if (inner.every(({ nodeType }) => nodeType === Node.TEXT_NODE)) return line([wordsOf(node), ...(inner.length === 0 ? [] : [JSON.stringify(node.textContent)])].join(' '))
    line(wordsOf(node))
    for (const child of inner) walk(child, depth + 1)
  }
  for (const node of document.querySelectorAll(within)) walk(node, 0)
  return lines.join('\\n')
}`
