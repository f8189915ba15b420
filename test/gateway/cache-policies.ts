import { type Providers, policyFiles } from './harness.ts';

/** Policies with the cache `kept` of that spec: on the route `cached` for models `faq…`, none on `live`. */
export const cacheFiles = (providers: Providers, spec = 'mode: exact, ttl: 1h', more: Record<string, string> = {}) =>
  policyFiles(providers, {
    'caches.yaml': `apiVersion: signalbox/v1
kind: Cache
metadata: { name: kept }
spec: { ${spec} }
---
apiVersion: signalbox/v1
kind: Cache
metadata: { name: never }
spec: { mode: "off" }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: cached }
spec: { match: { models: ["faq*"] }, chain: all, cache: kept, tags: [faq] }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: live }
spec: { match: { models: [live] }, chain: all, cache: never }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: now }
spec: { match: { models: [now] }, chain: all, cache: kept, tags: [realtime] }
`,
    ...more,
  });
