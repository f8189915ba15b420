# syntax=docker/dockerfile:1

# Whoever builds for production names it by digest: --build-arg NODE_IMAGE=node:26-slim@sha256:…
ARG NODE_IMAGE=node:26-slim

FROM $NODE_IMAGE AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY bin ./bin
COPY scripts ./scripts
# The image brings Node 26 itself; the bundled one (optional dependencies) would only double its size. The compilers for
# the build are optional dependencies of their own, so this stage keeps them.
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

FROM $NODE_IMAGE AS dependencies
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM $NODE_IMAGE AS runtime
WORKDIR /app
# A container listens to its network, so it starts as the strictest environment unless told otherwise.
ENV NODE_ENV=production \
    SIGNALBOX_ENV=production \
    SIGNALBOX_HOST=0.0.0.0 \
    SIGNALBOX_PORT=8787 \
    SIGNALBOX_POLICIES=/app/policies \
    SIGNALBOX_DATA_DIR=/data
RUN mkdir /data && chown 1000:1000 /data
COPY --from=dependencies /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY package.json LICENSE ./
COPY bin ./bin
COPY schemas ./schemas
COPY policies ./policies
# Everything the gateway writes goes to /data: run it with a read-only root file system.
VOLUME ["/data"]
# By number, so that Kubernetes can verify runAsNonRoot.
USER 1000:1000
EXPOSE 8787
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["node", "bin/healthcheck.mjs"]
ENTRYPOINT ["node", "bin/signalbox.mjs"]
CMD ["serve"]
