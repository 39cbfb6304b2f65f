# The console's page, which is built with tools that the image itself does without.
FROM node:26-slim AS console
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY src ./src
RUN npm run console

FROM node:26-slim
# A load balancer sends nothing new five seconds after /ready said 503.
ENV NODE_ENV=production HOST=0.0.0.0 SHUTDOWN_DELAY_MS=5000
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY schema ./schema
COPY src ./src
COPY --from=console /app/dist ./dist
# The embedded sandbox keeps its rows here when INGESTION_URL=sandbox asks for it.
RUN mkdir .data /data && chown node:node .data /data
# What became of requests with an idempotency key outlives the container only on a volume of its own, or in a database.
ENV STORE_FILE=/data/store.sqlite
VOLUME /data
USER node
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 4000}/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# The command of `npm start`; CONTRIBUTING says what the flag is for.
CMD ["node", "--no-allocation-site-pretenuring", "src/main.ts"]
