import fastify from 'fastify'
import mercurius from 'mercurius'
import { mutations, typeDefs, typeOf } from './peer-schema.ts'

/** Peer: mercurius with its compiler on, which takes a document over at its second execution. */
const server = fastify({ bodyLimit: 200_000_000 })
server.register(mercurius, {
  schema: typeDefs,
  resolvers: { Mutation: mutations, RowOutcome: { resolveType: typeOf }, IngestedRow: { resolveType: typeOf } },
  context: (request: PeerRequest) => ({ token: request.headers.authorization ?? '' }),
  path: '/graphql',
  jit: 1,
})
console.log(`listening: ${await server.listen({ port: 0, host: '127.0.0.1' })}/graphql`)
