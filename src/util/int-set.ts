/** A set of 32-bit integers. */
interface IntSet {
  /** Adds a number; false when it was there already. */
  add(number: number): boolean
  /** Removes a number, if it is there. */
  remove(number: number): void
}

/** Marks a free slot; whether zero itself is in the set is kept separately. */
const FREE = 0
const LEAST_SLOTS = 16
/** The most slots that an empty set keeps. */
const KEPT_SLOTS = 4096

/**
 * A set with room for so many numbers, which grows with more. Open addressing with linear probing, at most half full, for numbers that are evenly distributed. A `Set` keeps an entry per
 * number on the heap, which costs twice as much with tens of thousands.
 */
export function createIntSet(room = 0): IntSet {
  let slots = new Int32Array(Math.max(LEAST_SLOTS, 2 ** Math.ceil(Math.log2(2 * room))))
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

  /** Closes a gap: numbers behind it that would no longer be found move forward. */
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

  /** Adds or removes zero; whether that changed anything. */
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
