# syntax=docker/dockerfile:1

# What runs. Without optional packages: those are Node itself (the base image has it), binaries for other platforms, and
# the native half of sharp, which only media needs and this release does not send.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

# What makes the database clients and the pages, and stays behind.
FROM node:24-bookworm-slim AS clients
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The bundler is a binary for this platform, which npm counts as optional.
RUN npm ci --include=dev --include=optional --ignore-scripts
COPY prisma ./prisma
RUN node prisma/generate.mjs
COPY .ci/build-dashboard.mjs ./.ci/build-dashboard.mjs
COPY tsconfig.json ./
COPY src/dashboard/ui ./src/dashboard/ui
RUN node .ci/build-dashboard.mjs

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 DASHBOARD_PORT=4000 DATA_DIR=/data SESSIONS_DIR=/app/sessions
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json LICENSE NOTICE ./
COPY prisma/migrations ./prisma/migrations
COPY src ./src
COPY workers ./workers
COPY --from=clients /app/src/generated ./src/generated
COPY --from=clients /app/dist ./dist
RUN mkdir -p /data sessions && chown node:node /data sessions && chmod 700 /data
USER node
# The database when it is SQLite, and the generated keys. Without this volume a new container cannot read old sessions.
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.DASHBOARD_PORT}/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
