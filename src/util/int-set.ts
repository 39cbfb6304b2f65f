/** A set of 32-bit integers. */
export interface IntSet {
  /** Puts a number in; false when it was in already. */
  add(number: number): boolean
  /** Takes a number out, if it is in. */
  remove(number: number): void
}

/** Marks a slot without a number; whether zero itself is in is kept apart. */
const FREE = 0
const LEAST_SLOTS = 16
/** What an empty set may keep. */
const KEPT_SLOTS = 4096

/**
 * An empty set: open addressing with linear probing, at most half full, for numbers that are spread evenly. JavaScript's own
 * set keeps an entry and a chain per number on the heap, which costs twice as much with tens of thousands.
 */
export function createIntSet(): IntSet {
  let slots = new Int32Array(LEAST_SLOTS)
  let count = 0
  let hasZero = false

  function resize(size: number): void {
    const before = slots
    slots = new Int32Array(size)
    const mask = size - 1
    for (const number of before) {
      if (number === FREE) continue
      let at = number & mask
      while (slots[at] !== FREE) at = (at + 1) & mask
      slots[at] = number
    }
  }

  /** Closes the gap at a place: whatever stands behind it and would no longer be found moves forward. */
  function close(gap: number, mask: number): void {
    let free = gap
    for (let at = (gap + 1) & mask; slots[at] !== FREE; at = (at + 1) & mask) {
      const home = (slots[at] as number) & mask
      if (((at - home) & mask) < ((at - free) & mask)) continue
      slots[free] = slots[at] as number
      free = at
    }
    slots[free] = FREE
  }

  /** Puts zero in or takes it out; says whether that changed anything. */
  function setZero(isIn: boolean): boolean {
    const isChange = hasZero !== isIn
    hasZero = isIn
    return isChange
  }

  return {
    add(number) {
      if (number === FREE) return setZero(true)
      const mask = slots.length - 1
      let at = number & mask
      for (let there = slots[at]; there !== FREE; there = slots[at]) {
        if (there === number) return false
        at = (at + 1) & mask
      }
      slots[at] = number
      if (++count * 2 > slots.length) resize(slots.length * 2)
      return true
    },
    remove(number) {
      if (number === FREE) return void setZero(false)
      const mask = slots.length - 1
      let at = number & mask
      for (; slots[at] !== number; at = (at + 1) & mask) if (slots[at] === FREE) return
      close(at, mask)
      if (--count === 0 && slots.length > KEPT_SLOTS) slots = new Int32Array(LEAST_SLOTS)
    },
  }
}
