import { useEffect, useState } from 'preact/hooks'

/** A value that others can watch. */
export interface Store<Value> {
  get(): Value
  set(value: Value): void
  /** Returns how to stop watching. */
  watch(onChange: () => void): () => void
}

/** A store that holds a value. */
export function createStore<Value>(first: Value): Store<Value> {
  const watchers = new Set<() => void>()
  let held = first
  return {
    get: () => held,
    set(value) {
      held = value
      for (const watcher of watchers) watcher()
    },
    watch(onChange) {
      watchers.add(onChange)
      return () => watchers.delete(onChange)
    },
  }
}

/** The value of a store; whoever uses it is drawn again when that changes. */
export function useStore<Value>(store: Store<Value>): Value {
  const [, draw] = useState({})
  useEffect(() => store.watch(() => draw({})), [store])
  return store.get()
}
