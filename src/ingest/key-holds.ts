/** Who holds which key, and who waits behind. */
export interface KeyHolds<Item> {
  /** Takes a key: true when it was free; else the item queues up behind its holder. */
  hold(key: number, makeItem: () => Item): boolean
  /** Lets a key go; the item that is next in line holds it from now on. */
  release(key: number): Item | undefined
  /** Takes the items out of the queues that are not wanted any more. */
  forget(isUnwanted: (item: Item) => boolean): Item[]
}

/** An empty set of holds; a key costs memory only while it is held. */
export function createKeyHolds<Item>(): KeyHolds<Item> {
  const held = new Set<number>()
  const queues = new Map<number, Item[]>()
  return {
    hold(key, makeItem) {
      if (held.size < held.add(key).size) return true
      const queue = queues.get(key)
      if (queue === undefined) queues.set(key, [makeItem()])
      else queue.push(makeItem())
      return false
    },
    release(key) {
      const queue = queues.size === 0 ? undefined : queues.get(key)
      if (queue === undefined) held.delete(key)
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
