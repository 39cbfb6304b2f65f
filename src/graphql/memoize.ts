/**
 * The same function, which finds something out once for each object that comes first. It is kept on the object itself: entries of a
 * WeakMap cost every garbage collection, and have what is used once live through several.
 */
export function memoize<Key extends object, Rest extends readonly unknown[], Found>(
  find: (key: Key, ...rest: Rest) => Found,
): (key: Key, ...rest: Rest) => Found {
  const found = Symbol('found')
  return (key, ...rest) => {
    const holder = key as { [found]?: { readonly value: Found } }
    holder[found] ??= { value: find(key, ...rest) }
    return holder[found].value
  }
}
