import { createIntSet } from '../util/int-set.ts'

/** Who holds which key, and who waits behind. */
export interface KeyHolds<Item> {
  /** Takes a key; false when somebody holds it. */
  hold(key: number): boolean
  /** Puts an item in line behind the holder of a key. */
  lineUp(key: number, item: Item): void
  /** Lets a key go; the item that is next in line holds it from now on. */
  release(key: number): Item | undefined
  /** Takes the items out of the queues that are not wanted any more. */
  forget(isUnwanted: (item: Item) => boolean): Item[]
}

/** An empty set of holds; a key costs memory only while it is held. */
export function createKeyHolds<Item>(): KeyHolds<Item> {
  const held = createIntSet()
  const queues = new Map<number, Item[]>()
  return {
    hold: held.add,
    lineUp(key, item) {
      const queue = queues.get(key)
      if (queue === undefined) queues.set(key, [item])
      else queue.push(item)
    },
    release(key) {
      const queue = queues.size === 0 ? undefined : queues.get(key)
      if (queue === undefined) held.remove(key)
      if (queue?.length === 1) queues.delete(key)
      return queue?.shift()
    },
    forget(isUnwanted) {
      const forgotten: Item[] = []
      for (const [key, queue] of queues) {
        const { wanted = [], unwanted = [] } = Object.groupBy(queue, (item) => (isUnwanted(item) ? 'unwanted' : 'wanted'))
        forgotten.push(...unwanted)
        if (wanted.length === 0) queues.delete(key)
        else queues.set(key, wanted)
      }
      return forgotten
    },
  }
}
