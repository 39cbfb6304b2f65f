import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { listening } from './listening.ts'

export const ISSUER = 'https://issuer.example/'
export const AUDIENCE = 'rowgate'

/** A key of the issuer. */
export interface IssuerKey {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
}

/** An issuer of JWTs with a real server for its keys, and a directory for the operator's files. */
export interface Issuer {
  /** Settings of a gateway that trusts it; what is given stands in the credentials file. */
  settings(credentials: unknown): Promise<Record<string, string>>
  readonly credentialsFile: string
  /** How often its keys were asked for. */
  asked(): number
  /** From now on the keys are these. */
  publish(...keys: readonly IssuerKey[]): void
  /** From now on whoever asks for the keys is answered so. */
  answerWith(reply: (response: ServerResponse) => void): void
  /** A JWT with these claims, over those of one that is in order; a claim that is undefined is left out. */
  sign(claims: Record<string, unknown>, options?: { key?: IssuerKey; kid?: string | undefined }): Promise<string>
  readonly key: IssuerKey
  readonly directory: string
  close(): Promise<void>
}

export async function createKey(kid: string): Promise<IssuerKey> {
  return { kid, ...(await generateKeyPair('ES256', { extractable: true })) }
}

/** A set of keys as it is published. */
export async function keySetOf(...keys: readonly IssuerKey[]): Promise<{ keys: object[] }> {
  return {
    keys: await Promise.all(keys.map(async ({ kid, publicKey }) => ({ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }))),
  }
}

export async function startIssuer(): Promise<Issuer> {
  const key = await createKey('one')
  const directory = await mkdtemp(join(tmpdir(), 'rowgate-issuer-'))
  const credentialsFile = join(directory, 'credentials.json')
  let asked = 0
  const published = (...keys: readonly IssuerKey[]) => {
    const text = keySetOf(...keys).then((set) => JSON.stringify(set))
    return (response: ServerResponse) => void text.then((body) => response.writeHead(200, { 'content-type': 'application/json' }).end(body))
  }
  let reply: (response: ServerResponse) => void = published(key)
  const server = createServer((_, response) => {
    asked++
    reply(response)
  })
  const { url, close } = await listening(server)

  return {
    key,
    directory,
    credentialsFile,
    asked: () => asked,
    publish: (...keys) => {
      reply = published(...keys)
    },
    answerWith: (other) => {
      reply = other
    },
    async settings(credentials) {
      const isText = typeof credentials === 'string' || Buffer.isBuffer(credentials)
      await writeFile(credentialsFile, isText ? credentials : JSON.stringify(credentials))
      return { IDENTITY: 'jwt', JWKS_URL: `${url}/keys`, JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE, CREDENTIALS_FILE: credentialsFile }
    },
    async sign(claims, options = {}) {
      const { key: signing = key } = options
      // A JWT without it does not say which key it is signed by.
      const named = 'kid' in options ? options.kid : signing.kid
      const now = Math.floor(Date.now() / 1_000)
      const all = { iss: ISSUER, aud: AUDIENCE, sub: 'acme', exp: now + 600, roles: ['ingest:*', 'lifecycle', 'read'], ...claims }
      return await new SignJWT(all)
        .setProtectedHeader({ alg: 'ES256', ...(named !== undefined && { kid: named }) })
        .sign(signing.privateKey)
    },
    async close() {
      await close()
      await rm(directory, { recursive: true })
    },
  }
}
