import { createIntSet } from '../util/int-set.ts'

/** Who has locked which key, and who waits behind. */
export interface KeyLocks<Item> {
  /** Locks a key; false when somebody has locked it. */
  acquire(key: number): boolean
  /** Queues an item behind whoever has locked a key. */
  enqueue(key: number, item: Item): void
  /** Unlocks a key; the item that is next in its queue has it locked from now on. */
  release(key: number): Item | undefined
  /** Takes the items out of the queues that are not wanted any more. */
  forget(isUnwanted: (item: Item) => boolean): Item[]
}

/** No key is locked yet; one costs memory only while it is. */
export function createKeyLocks<Item>(): KeyLocks<Item> {
  const locked = createIntSet()
  const queues = new Map<number, Item[]>()
  return {
    acquire: locked.add,
    enqueue(key, item) {
      const queue = queues.get(key)
      if (queue === undefined) queues.set(key, [item])
      else queue.push(item)
    },
    release(key) {
      const queue = queues.size === 0 ? undefined : queues.get(key)
      if (queue === undefined) locked.remove(key)
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
