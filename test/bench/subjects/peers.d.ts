// What the benchmark uses of packages that are installed in test/bench only, so that type checks do not need them.

interface PeerRequest {
  readonly headers: Readonly<Record<string, string | undefined>>
}

interface PeerServer {
  register(plugin: unknown, options?: unknown): PeerServer
  listen(options: { port: number; host: string }): Promise<string>
}

declare module 'fastify' {
  export default function fastify(options: { bodyLimit: number }): PeerServer
}

declare module 'mercurius' {
  const mercurius: unknown
  export default mercurius
}

declare module '@apollo/server' {
  export class ApolloServer {
    constructor(options: { typeDefs: string; resolvers: unknown; plugins: unknown[] })
    start(): Promise<void>
  }
}

declare module '@as-integrations/fastify' {
  import type { ApolloServer } from '@apollo/server'
  export default function fastifyApollo(server: ApolloServer): unknown
  export function fastifyApolloDrainPlugin(server: PeerServer): unknown
}
