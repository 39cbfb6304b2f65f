/** A list of `length` items, each made from its index; pushing takes a fraction of the time of `Array.from`. */
export function listOf<Made>(length: number, make: (place: number) => Made): Made[] {
  const made: Made[] = []
  for (let place = 0; place < length; place++) made.push(make(place))
  return made
}
