import { readFileSync } from 'node:fs'

const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

const flagsOf = (script: string): readonly string[] => script.split(' ').filter((word) => word.startsWith('--'))

/** The flags for Node itself with which `npm start` starts the gateway. */
export const START_FLAGS: readonly string[] = flagsOf(scripts.start)

/** Those with which `npm run import` starts the import. */
export const IMPORT_FLAGS: readonly string[] = flagsOf(scripts.import)

const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8')

/** How memory is given out and taken back, as the image has it in its environment. */
export const MALLOC_ENV: Readonly<Record<string, string>> = Object.fromEntries(
  [...dockerfile.matchAll(/^ENV (MALLOC_\w+)=(\w+)$/gm)].map(([, name = '', value = '']) => [name, value]),
)
