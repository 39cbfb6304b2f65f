/** A product with nothing but what it must have. */
export function item(productId: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { productId, sourceId: 'S', packSize: 1, updatedAt: '2025-01-15T08:00:00Z', ...changes }
}

/** So many of them, with numbers behind a name. */
export function items(count: number, name: string): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, at) => item(`${name}${at}`))
}
