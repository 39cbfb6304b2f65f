import { execFile } from 'node:child_process'
import { access, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Browser, chromium } from 'playwright-core'

const PACKAGE = '@sparticuz/chromium'
const DEBIAN = '/usr/bin/chromium'

/** A browser that runs on this machine. */
interface TestBrowser {
  readonly path: string
  readonly env: NodeJS.ProcessEnv
}

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
]

/** The browser that tests run in: `CHROMIUM_PATH`, else the npm one, else Debian's. Says in one line which, or how to get one. */
export async function findBrowser(): Promise<TestBrowser | undefined> {
  const wanted = process.env.CHROMIUM_PATH
  for (const find of wanted === undefined ? [unpacked, () => installed(DEBIAN)] : [() => installed(wanted)]) {
    const browser = await find().catch(() => undefined)
    const version = browser && (await versionOf(browser).catch(() => undefined))
    if (browser && version !== undefined) {
      console.info(`Browser tests run in ${version} (${browser.path}).`)
      return browser
    }
  }
  console.warn(
    wanted === undefined
      ? `Browser tests are skipped: ${PACKAGE} does not run here. Install Debian's chromium, or set CHROMIUM_PATH.`
      : 'Browser tests are skipped: what CHROMIUM_PATH names does not run.',
  )
  return undefined
}

/** Starts it; it reaches nothing but this machine. */
export function launchBrowser({ path, env }: TestBrowser): Promise<Browser> {
  return chromium.launch({ executablePath: path, env: env as Record<string, string>, args: FLAGS })
}

async function installed(path: string): Promise<TestBrowser> {
  return { path, env: process.env }
}

async function versionOf({ path, env }: TestBrowser): Promise<string> {
  const { stdout } = await promisify(execFile)(path, ['--no-sandbox', '--version'], { env, timeout: 20_000 })
  return stdout.trim()
}

/** The npm package's browser with the libraries and fonts that come with it: the machine needs only what Node needs. */
async function unpacked(): Promise<TestBrowser> {
  const root = join(dirname(createRequire(import.meta.url).resolve(PACKAGE)), '..')
  const folder = join(root, '.unpacked')
  await access(folder).catch(() => unpack(join(root, 'bin'), folder))
  const libraries = [join(folder, 'al2023/lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':')
  return { path: join(folder, 'chromium'), env: { ...process.env, LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: join(folder, 'fonts') } }
}

/** Unpacks beside the folder and renames at the end: a folder that is there is complete, whoever else unpacks. */
async function unpack(archives: string, folder: string): Promise<void> {
  const { inflate } = await import('@sparticuz/chromium')
  const temporary = await mkdtemp(`${folder}-`)
  // The package unpacks to the folder for temporary files, which it asks for as it starts.
  const before = process.env.TMPDIR
  process.env.TMPDIR = temporary
  const files = ['chromium.br', 'fonts.tar.br', 'al2023.tar.br'].map((file) => inflate(join(archives, file)))
  if (before === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = before
  await Promise.all(files)
  // Its own settings look for fonts in the folders of one hoster; without any font the browser ends itself.
  const fonts = `<fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/fonts-cache</cachedir></fontconfig>`
  await writeFile(join(temporary, 'fonts/fonts.conf'), fonts)
  await rename(temporary, folder).catch(() => rm(temporary, { recursive: true }))
}
