import { readFile } from 'node:fs/promises'
import { main as compile } from 'assemblyscript/asc'
import { expect } from 'vitest'

/** Demands that the code in a folder of `src` is what the source in its folder `assembly` compiles to. */
export async function expectCompiled(folder: string, file: string): Promise<void> {
  const place = new URL(`../../src/${folder}/`, import.meta.url)
  const written: (Uint8Array | string)[] = []
  const { error } = await compile(['--config', 'asconfig.json', '--baseDir', new URL('assembly', place).pathname], {
    writeFile: (_, contents) => void written.push(contents),
  })
  expect(error).toBeNull()
  expect(written.map((contents) => Buffer.from(contents))).toEqual([await readFile(new URL(file, place))])
}
