import { defaultRangeExtractor, elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

/** All rows have the same height, so that a hundred thousand of them need no measuring. */
export const ROW_HEIGHT = 32

/** Which rows are rendered: those in view, some around them, and the focused one. */
export function useVirtualRows(count: number, active: number, scroller: { current: HTMLElement | null }) {
  const [, draw] = useState({})
  const focused = useRef(active)
  focused.current = active
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => draw({}),
    // The sticky header would otherwise cover the first row.
    scrollPaddingStart: ROW_HEIGHT,
    rangeExtractor: (range: Parameters<typeof defaultRangeExtractor>[0]) => {
      const rows = defaultRangeExtractor(range)
      const at = focused.current
      return at < 0 || at >= count || rows.includes(at) ? rows : [...rows, at].sort((a, b) => a - b)
    },
  }
  const held = useRef<Virtualizer<HTMLElement, HTMLElement> | undefined>(undefined)
  held.current ??= new Virtualizer<HTMLElement, HTMLElement>(options)
  const virtualizer = held.current
  virtualizer.setOptions(options)
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer])
  useLayoutEffect(() => virtualizer._willUpdate())
  return virtualizer
}
