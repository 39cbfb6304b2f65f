import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { SANDBOX_TOKEN } from '../../src/sandbox/choices.ts'
import { compile, type PackedClient } from './client-package.ts'
import { startPair } from './gateway.ts'
import type { Block } from './markdown.ts'

const IMPORT = new URL('../../src/cli/import.ts', import.meta.url).pathname

/** npm is not run as the pages have it, which mean its scripts only. */
const npmFor = (gateway: string) =>
  `#!/bin/sh\ncase "$1 $2" in\n  'run import') shift 3; exec node ${IMPORT} "$@" --url ${gateway} ;;\n  ci\\ *|start\\ *|test\\ *) ;;\n  *) exit 127 ;;\nesac\n`

/** What a block printed, and whether it ended well. */
interface Printed {
  readonly out: string
  readonly err: string
  readonly isGood: boolean
}

/** A folder in which the blocks of one page are run, against a gateway and a sandbox of their own. */
export interface BlockRunner {
  /** Installs the client and compiles all blocks that use it; says what the compiler has against them. */
  prepare(blocks: readonly Block[], client: PackedClient): Promise<string>
  run(block: Block): Promise<Printed>
  close(): Promise<void>
}

/** Starts a gateway and a sandbox for a page, and makes an empty folder with the npm that its blocks call. */
export async function createBlockRunner(settings: Record<string, string> = {}): Promise<BlockRunner> {
  const pair = await startPair(settings)
  const folder = await mkdtemp(join(tmpdir(), 'rowgate-docs-'))
  const commands = join(folder, 'bin')
  await mkdir(commands)
  await writeFile(join(commands, 'npm'), npmFor(`${pair.gateway.url.origin}/graphql`), { mode: 0o755 })
  const hosts = [
    ['http://127.0.0.1:4000', pair.gateway.url.origin],
    ['http://localhost:4000', pair.gateway.url.origin],
    ['https://ingestion.peak.ai', pair.sandbox.url.origin],
  ] as const
  const here = (text: string) => hosts.reduce((all, [shown, real]) => all.replaceAll(shown, real), text)
  const shown = (text: string) =>
    hosts.reduce((all, [name, real]) => all.replaceAll(real, name), text).replaceAll(' --url http://127.0.0.1:4000/graphql', '')
  const env = {
    PATH: [commands, dirname(process.execPath), process.env.PATH].join(delimiter),
    ...{ TOKEN: SANDBOX_TOKEN, ROWGATE_TOKEN: SANDBOX_TOKEN, NO_COLOR: '1' },
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
  }
  const execute = (file: string, args: readonly string[]) =>
    new Promise<Printed>((resolve) => {
      execFile(file, args, { cwd: folder, env }, (error, out, err) => resolve({ out: shown(out), err, isGood: error === null }))
    })

  return {
    async prepare(blocks, client) {
      const code = blocks.filter(({ language }) => language === 'ts')
      if (code.length > 0) await client.install(folder)
      for (const block of code) await writeFile(join(folder, codeFile(block)), here(block.code))
      return await compile(folder, code.map(codeFile))
    },
    async run(block) {
      if (block.file !== undefined) {
        await writeFile(join(folder, block.file), here(block.code))
        return { out: '', err: '', isGood: true }
      }
      if (block.language === 'ts') return await execute(process.execPath, [join('built', codeFile(block).replace(/ts$/, 'js'))])
      if (block.language === 'sh') return await execute('bash', ['--norc', '-c', here(block.code)])
      throw new Error(`nobody knows how to run a block of ${block.language}`)
    },
    close: async () => void (await Promise.all([pair.close(), rm(folder, { recursive: true })])),
  }
}

function codeFile({ line }: Block): string {
  return `line${line}.ts`
}
