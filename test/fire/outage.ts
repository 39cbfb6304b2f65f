import type { Figure } from './figure.ts'
export const outage = async (_: string, __: (line: string) => void): Promise<Figure[]> => []
