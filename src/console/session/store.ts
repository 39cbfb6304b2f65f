import { useEffect, useState } from 'preact/hooks'

/** A value that others can watch. */
export interface Store<Value> {
  get(): Value
  set(value: Value): void
  /** Returns a function that stops watching. */
  watch(onChange: () => void): () => void
}

/** Creates a store with a first value. */
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

/** The value of a store; the component is drawn again when it changes. */
export function useStore<Value>(store: Store<Value>): Value {
  const [, draw] = useState({})
  useEffect(() => store.watch(() => draw({})), [store])
  return store.get()
}
