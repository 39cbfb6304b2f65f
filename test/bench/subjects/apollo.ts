import { ApolloServer } from '@apollo/server'
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify'
import fastify from 'fastify'
import { mutations, typeDefs, typeOf } from './peer-schema.ts'

/** Peer: Apollo Server in its fastify integration. */
const server = fastify({ bodyLimit: 200_000_000 })
const apollo = new ApolloServer({
  typeDefs,
  resolvers: { Mutation: mutations, RowOutcome: { __resolveType: typeOf }, IngestedRow: { __resolveType: typeOf } },
  plugins: [fastifyApolloDrainPlugin(server)],
})
await apollo.start()
server.register(fastifyApollo(apollo), {
  path: '/graphql',
  context: async (request: PeerRequest) => ({ token: request.headers.authorization ?? '' }),
})
console.log(`listening: ${await server.listen({ port: 0, host: '127.0.0.1' })}/graphql`)
