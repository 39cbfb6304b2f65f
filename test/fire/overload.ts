import type { Figure } from './figure.ts'
export const overload = async (_: string, __: (line: string) => void): Promise<Figure[]> => []
