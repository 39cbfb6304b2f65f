/** Marks a free slot; whether zero itself is in the set is kept separately. */
const FREE = 0
const LEAST_SLOTS = 16
/** The most slots that an empty set keeps. */
const KEPT_SLOTS = 4096

/**
 * A set of 32-bit integers with room for so many, which grows with more. Open addressing with linear probing, at most half full, for numbers that are
 * evenly distributed. A `Set` keeps an entry per number on the heap, which costs twice as much with tens of thousands.
 */
export function createIntSet(room = 0) {
  let slots = new Int32Array(Math.max(LEAST_SLOTS, 2 ** Math.ceil(Math.log2(2 * room))))
  let count = 0
  let hasZero = false

  /** Adds or removes zero; whether that changed anything. */
  function setZero(isIn: boolean): boolean {
    const isChange = hasZero !== isIn
    hasZero = isIn
    return isChange
  }

  return {
    /** Adds a number; false when it was there already. */
    add(number: number): boolean {
      if (number === FREE) return setZero(true)
      const at = slotOf(number, slots)
      if (slots[at] === number) return false
      slots[at] = number
      if (++count * 2 > slots.length) slots = withSlots(slots.length * 2, slots)
      return true
    },
    /** Removes a number, if it is there. */
    remove(number: number): void {
      if (number === FREE) return void setZero(false)
      const at = slotOf(number, slots)
      if (slots[at] === FREE) return
      closeGap(at, slots)
      if (--count === 0 && slots.length > KEPT_SLOTS) slots = new Int32Array(LEAST_SLOTS)
    },
  }
}

/** The slot of a number, or the free one where it belongs. */
function slotOf(number: number, slots: Int32Array): number {
  const mask = slots.length - 1
  let at = number & mask
  while (slots[at] !== FREE && slots[at] !== number) at = (at + 1) & mask
  return at
}

function withSlots(size: number, numbers: Int32Array): Int32Array<ArrayBuffer> {
  const slots = new Int32Array(size)
  for (const number of numbers) if (number !== FREE) slots[slotOf(number, slots)] = number
  return slots
}

/** Numbers behind a gap that would no longer be found move forward. */
function closeGap(gap: number, slots: Int32Array): void {
  const mask = slots.length - 1
  let free = gap
  for (let at = (gap + 1) & mask; slots[at] !== FREE; at = (at + 1) & mask) {
    const home = (slots[at] as number) & mask
    if (((at - home) & mask) < ((at - free) & mask)) continue
    slots[free] = slots[at] as number
    free = at
  }
  slots[free] = FREE
}
