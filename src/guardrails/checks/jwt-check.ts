import type { Check } from '../check.ts';
import { remoteCheck } from '../remote-check.ts';

/** Tokens of the caller’s own users. */
export const jwtCheck: Check = {
  name: 'jwt-check',
  summary:
    'Requests whose header `header` (`x-user-token`) does not hold a JSON web token that a key of the set at `url` (JWKS, RFC 7517) signed, that is in force, and that names `issuer` and one of `audience` where these are given.',
  limits:
    'Signatures RS, PS, ES and EdDSA; never `none` or a shared secret. Keys are fetched once in ten minutes, and again for an unknown key once in half a minute. The header does not go to providers.',
  stages: ['input'],
  actions: ['block', 'flag'],
  compile: (options) =>
    remoteCheck('jwt-check', options, {
      url: options.url ?? '',
      header: options.header?.toLowerCase() ?? 'x-user-token',
      issuer: options.issuer ?? null,
      audience: options.audience ?? null,
    }),
  sample: {
    options: { url: 'http://127.0.0.1:9/guard' },
    hit: { kind: 'request', request: { headers: { 'x-user-token': 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJzYW1wbGUifQ.' } } },
    // Signed for these tests; the key of the pair was thrown away.
    miss: {
      kind: 'request',
      request: {
        headers: {
          'x-user-token':
            'eyJhbGciOiJFZERTQSIsImtpZCI6InNhbXBsZSJ9.eyJzdWIiOiJzYW1wbGUiLCJleHAiOjQxMDI0NDQ4MDB9.aqqDE0SCZhmTx_fW2hwqmZKscoEWAYCfA3gPumnmKR2X8TpNI_4kD73vbuymtXzGox_Q0aGjUj5JZ6z5zmN5BA',
        },
      },
    },
  },
};
