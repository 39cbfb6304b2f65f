# syntax=docker/dockerfile:1.7

# The console's page is built here, with tools that the image itself does without.
FROM node:26.10.0-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
RUN npm ci --ignore-scripts
COPY src ./src
RUN npm run console

# What the gateway imports, without what only editors and debuggers read of it, and a list of it; and Node without its symbols. Of the
# lists that npm makes with --omit=dev what tools import as well is missing, so they are made without tools.
FROM node:26.10.0-bookworm AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts \
  && npm pkg delete devDependencies && npm sbom --sbom-format=cyclonedx > sbom.cdx.json \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete
RUN strip --strip-all -o /usr/local/bin/node-stripped /usr/local/bin/node

# What runs: no npm, no compiler. Nothing is written but in /data, so that the root file system may be read-only.
FROM debian:12.12-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends libatomic1 \
  && rm -rf /var/lib/apt/lists/* \
  && groupadd --gid 1000 node && useradd --uid 1000 --gid node --no-create-home node \
  && mkdir /data && chown node:node /data
COPY --from=dependencies /usr/local/bin/node-stripped /usr/local/bin/node
# A load balancer sends nothing new five seconds after /ready said 503.
ENV NODE_ENV=production HOST=0.0.0.0 SHUTDOWN_DELAY_MS=5000
# What became of requests with an idempotency key outlives the container only on a volume of its own, or in a database. The
# embedded sandbox keeps its rows there as well, where INGESTION_URL=sandbox asks for it.
ENV STORE_FILE=/data/store.sqlite SANDBOX_FILE=/data/sandbox.sqlite
# The C library keeps memory apart for each thread, up to eight times the number of cores, and gives little of it back.
ENV MALLOC_ARENA_MAX=2
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=dependencies /app/sbom.cdx.json ./
COPY package.json ./
COPY schema ./schema
COPY src ./src
COPY --from=build /app/dist ./dist
VOLUME /data
# By number, which Kubernetes can see is not root.
USER 1000:1000
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 4000}/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# The command of `npm start`; CONTRIBUTING says what the flags are for.
CMD ["node", "--no-allocation-site-pretenuring", "--heap-growing-percent=80", "--max-semi-space-size=64", "src/main.ts"]
