import { readFileSync } from 'node:fs'

const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

/** The flags for Node itself with which `npm start` starts the gateway. */
export const START_FLAGS: readonly string[] = scripts.start.split(' ').filter((word: string) => word.startsWith('--'))
