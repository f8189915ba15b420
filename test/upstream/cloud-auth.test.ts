import assert from 'node:assert/strict';
import { createVerify, generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import type { PlanTarget } from '../../src/decision/index.ts';
import type { Upstream } from '../../src/upstream/index.ts';
import { chatAnswer, type Script, type SeenRequest, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';
import { carriedSignature, cloudAuth, envRef, expectedSignature, setEnvironment } from './cloud-harness.ts';
import { callOf, planOf, planTarget, upstreamOf } from './harness.ts';

const ENV = { AWS_KEY: 'AKIAEXAMPLE', AWS_SECRET: 'aws-secret-value', SECRET: 'entra-secret-value' };

async function serve(t: Cleanup, script: Script | ((request: SeenRequest) => Script)) {
  const server = await startScriptedUpstream();
  t.after(() => server.close());
  server.otherwise(script);
  return server;
}

function upstreamFor(t: Cleanup, env: Readonly<Record<string, string>> = {}, nowMs: () => number = Date.now): Upstream {
  const upstream = upstreamOf({ env: { ...ENV, ...env }, nowMs });
  t.after(() => upstream.close());
  return upstream;
}

function problemOf(executed: Awaited<ReturnType<Upstream['execute']>>): string | null {
  return executed.skipped.map(({ reason, detail }) => `${reason}: ${detail}`)[0] ?? null;
}

const token = (value: string, seconds = 3600): Script => ({ body: { access_token: value, expires_in: seconds } });

describe('calls to AWS', () => {
  const CONVERSE = {
    body: { output: { message: { role: 'assistant', content: [{ text: 'Hi' }] } }, stopReason: 'end_turn' },
  };
  const bedrock = (url: string, auth: PlanTarget['provider']['auth']) =>
    planTarget('p/bedrock', {
      url,
      auth,
      dialect: 'bedrock-converse',
      target: { upstreamModel: 'arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0' },
      provider: { baseUrl: url },
    });
  const named = { region: 'eu-west-1', accessKeyId: envRef('AWS_KEY') };

  it('are signed with the keys that policy names, over the body that is sent and the path as it is encoded', async (t) => {
    const server = await serve(t, CONVERSE);
    const upstream = upstreamFor(t, { SESSION: 'session-token' });
    const auth = cloudAuth('aws', { ...named, sessionToken: envRef('SESSION') }, 'AWS_SECRET');
    const executed = await upstream.execute(callOf(planOf([bedrock(server.url, auth)])));
    assert.equal(executed.kind, 'json', JSON.stringify(executed));
    const [seen] = server.requests;
    assert.ok(seen !== undefined);
    assert.match(
      String(seen.headers.authorization),
      /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-west-1\/bedrock\/aws4_request/,
    );
    assert.match(
      String(seen.headers.authorization),
      /SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token,/,
    );
    assert.equal(seen.headers['x-amz-security-token'], 'session-token');
    assert.match(seen.path, /^\/model\/arn%3Aaws%3A.*%2Feu\.amazon\.nova-lite-v1%3A0\/converse$/);
    assert.equal(carriedSignature(seen), expectedSignature(seen, 'aws-secret-value'));
  });

  it('take the keys of a profile, where AWS’s own tools would find them', async (t) => {
    const server = await serve(t, CONVERSE);
    const folder = makeTempDirectory(t, {
      credentials: '[gateway]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = profile-secret\n',
      config: '',
    });
    setEnvironment(t, { AWS_SHARED_CREDENTIALS_FILE: `${folder}/credentials`, AWS_CONFIG_FILE: `${folder}/config` });
    const auth = cloudAuth('aws', { region: 'eu-west-1', profile: 'gateway' });
    const executed = await upstreamFor(t).execute(callOf(planOf([bedrock(server.url, auth)])));
    assert.equal(executed.kind, 'json', problemOf(executed) ?? '');
    const [seen] = server.requests;
    assert.ok(seen !== undefined && /Credential=AKIAPROFILE\//.test(String(seen.headers.authorization)));
    assert.equal(carriedSignature(seen), expectedSignature(seen, 'profile-secret'));
  });

  const lent = (action: string, id: string, until = new Date('2099-01-01T00:00:00Z')) => ({
    headers: { 'content-type': 'text/xml' },
    body: `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>lent-secret</SecretAccessKey><SessionToken>lent-token</SessionToken><Expiration>${until.toISOString()}</Expiration></Credentials></${action}Result></${action}Response>`,
  });

  it('take the keys of a role that they assume', async (t) => {
    const server = await serve(t, CONVERSE);
    const sts = await serve(t, lent('AssumeRole', 'ASIAROLE'));
    setEnvironment(t, { AWS_ENDPOINT_URL_STS: sts.url });
    const role = 'arn:aws:iam::123456789012:role/bedrock';
    const auth = cloudAuth('aws', { ...named, role, externalId: 'ex-1' }, 'AWS_SECRET');
    const executed = await upstreamFor(t).execute(callOf(planOf([bedrock(server.url, auth)])));
    assert.equal(executed.kind, 'json', problemOf(executed) ?? '');
    const asked = new URLSearchParams(sts.requests[0]?.bytes.toString());
    assert.deepEqual(
      [asked.get('Action'), asked.get('RoleArn'), asked.get('ExternalId')],
      ['AssumeRole', role, 'ex-1'],
    );
    const [seen] = server.requests;
    assert.ok(seen !== undefined);
    assert.equal(seen.headers['x-amz-security-token'], 'lent-token');
    assert.equal(carriedSignature(seen), expectedSignature(seen, 'lent-secret'));
  });

  it('take the keys of a web identity, as pods and other workloads have one', async (t) => {
    const server = await serve(t, CONVERSE);
    const sts = await serve(t, lent('AssumeRoleWithWebIdentity', 'ASIAWEB'));
    const folder = makeTempDirectory(t, { token: 'the-web-token', config: '', credentials: '' });
    setEnvironment(t, {
      AWS_ENDPOINT_URL_STS: sts.url,
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/pod',
      AWS_WEB_IDENTITY_TOKEN_FILE: `${folder}/token`,
      AWS_SHARED_CREDENTIALS_FILE: `${folder}/credentials`,
      AWS_CONFIG_FILE: `${folder}/config`,
    });
    const executed = await upstreamFor(t).execute(
      callOf(planOf([bedrock(server.url, cloudAuth('aws', { region: 'eu-west-1' }))])),
    );
    assert.equal(executed.kind, 'json', problemOf(executed) ?? '');
    assert.equal(new URLSearchParams(sts.requests[0]?.bytes.toString()).get('WebIdentityToken'), 'the-web-token');
    assert.match(String(server.requests[0]?.headers.authorization), /Credential=ASIAWEB\//);
  });

  it('have one request for keys in flight and renew them ahead of the end, by a role and by a web identity', async (t) => {
    const server = await serve(t, CONVERSE);
    const folder = makeTempDirectory(t, { token: 'the-web-token', config: '', credentials: '' });
    const role = 'arn:aws:iam::123456789012:role/bedrock';
    for (const action of ['AssumeRole', 'AssumeRoleWithWebIdentity']) {
      const gate = Promise.withResolvers<void>();
      let made = 0;
      let nowMs = Date.now();
      const sts = await serve(t, () => ({
        ...lent(action, `ASIA${++made}`, new Date(nowMs + 3_600_000)),
        before: { wait: gate.promise },
      }));
      const web = { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: `${folder}/token` };
      setEnvironment(t, {
        AWS_ENDPOINT_URL_STS: sts.url,
        ...(action === 'AssumeRole' ? {} : web),
        AWS_SHARED_CREDENTIALS_FILE: `${folder}/credentials`,
        AWS_CONFIG_FILE: `${folder}/config`,
      });
      const auth =
        action === 'AssumeRole'
          ? cloudAuth('aws', { ...named, role }, 'AWS_SECRET')
          : cloudAuth('aws', { region: 'eu-west-1' });
      const upstream = upstreamFor(t, {}, () => nowMs);
      const call = async () => {
        const plan = planOf([bedrock(server.url, auth)]);
        const executed = await upstream.execute({ ...callOf(plan), startedMs: nowMs });
        assert.equal(executed.kind, 'json', problemOf(executed) ?? '');
        return /Credential=(\w+)/.exec(String(server.requests.at(-1)?.headers.authorization))?.[1];
      };
      const calls = Array.from({ length: 50 }, call);
      await sts.whenRequested(1);
      gate.resolve();
      assert.deepEqual(new Set(await Promise.all(calls)), new Set(['ASIA1']), action);
      assert.equal(sts.requests.length, 1);
      nowMs += 57 * 60_000;
      assert.equal(await call(), 'ASIA1', 'they serve while the next are asked for');
      await sts.whenRequested(2);
    }
  });

  it('are not made where the role is refused: nobody waits on, and the reason names the role', async (t) => {
    const server = await serve(t, CONVERSE);
    const sts = await serve(t, {
      status: 403,
      headers: { 'content-type': 'text/xml' },
      body: '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>aws-secret-value</Message></Error></ErrorResponse>',
    });
    setEnvironment(t, { AWS_ENDPOINT_URL_STS: sts.url, AWS_MAX_ATTEMPTS: '1' });
    const auth = cloudAuth('aws', { ...named, role: 'arn:aws:iam::123456789012:role/closed' }, 'AWS_SECRET');
    const upstream = upstreamFor(t);
    const all = await Promise.all(
      Array.from({ length: 50 }, () => upstream.execute(callOf(planOf([bedrock(server.url, auth)])))),
    );
    for (const executed of all) {
      assert.match(
        problemOf(executed) ?? '',
        /no AWS credentials: arn:aws:iam::123456789012:role\/closed cannot be assumed \(AccessDenied\w*\)$/,
      );
      assert.doesNotMatch(JSON.stringify(executed), /aws-secret-value/);
    }
    assert.deepEqual([sts.requests.length, server.requests.length], [1, 0]);
  });

  it('take the keys that a container is given', async (t) => {
    const server = await serve(t, CONVERSE);
    const container = await serve(t, {
      body: { AccessKeyId: 'ASIABOX', SecretAccessKey: 'box-secret', Token: 'box', Expiration: '2099-01-01T00:00:00Z' },
    });
    const folder = makeTempDirectory(t, { config: '', credentials: '' });
    setEnvironment(t, {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/keys`,
      AWS_SHARED_CREDENTIALS_FILE: `${folder}/credentials`,
      AWS_CONFIG_FILE: `${folder}/config`,
    });
    const executed = await upstreamFor(t).execute(callOf(planOf([bedrock(server.url, cloudAuth('aws', {}))])));
    assert.equal(executed.kind, 'json', problemOf(executed) ?? '');
    assert.match(String(server.requests[0]?.headers.authorization), /Credential=ASIABOX\/\d{8}\/us-east-1\//);
  });

  it('are not made without credentials: the target is passed over with the reason', async (t) => {
    const server = await serve(t, CONVERSE);
    const folder = makeTempDirectory(t, { config: '', credentials: '' });
    setEnvironment(t, {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SHARED_CREDENTIALS_FILE: `${folder}/credentials`,
      AWS_CONFIG_FILE: `${folder}/config`,
    });
    const executed = await upstreamFor(t).execute(callOf(planOf([bedrock(server.url, cloudAuth('aws', {}))])));
    assert.match(
      problemOf(executed) ?? '',
      /^secret-missing: no AWS credentials: the chain of providers has none \(CredentialsProviderError\)$/,
    );
    assert.equal(server.requests.length, 0);
  });
});

describe('calls with a token of Microsoft Entra', () => {
  const azure = (url: string, auth: PlanTarget['provider']['auth']) => planTarget('p/azure', { url, auth });
  const app = (authority: string) => cloudAuth('entra', { tenant: 't-1', clientId: 'c-1', authority }, 'SECRET');

  it('ask for it once with the secret of the application, and send it as a bearer token', async (t) => {
    const server = await serve(t, chatAnswer('Hi'));
    const entra = await serve(t, token('entra-token'));
    const upstream = upstreamFor(t);
    const target = azure(server.url, app(entra.url));
    for (let time = 0; time < 3; time++) {
      const executed = await upstream.execute(callOf(planOf([target])));
      assert.equal(executed.kind, 'json', problemOf(executed) ?? '');
    }
    assert.equal(entra.requests.length, 1);
    assert.equal(entra.requests[0]?.path, '/t-1/oauth2/v2.0/token');
    assert.deepEqual(Object.fromEntries(new URLSearchParams(entra.requests[0]?.bytes.toString())), {
      grant_type: 'client_credentials',
      client_id: 'c-1',
      client_secret: 'entra-secret-value',
      scope: 'https://cognitiveservices.azure.com/.default',
    });
    assert.deepEqual(
      new Set(server.requests.map(({ headers }) => headers.authorization)),
      new Set(['Bearer entra-token']),
    );
  });

  it('ask for it with the federated token of a workload, or as the identity of the machine', async (t) => {
    const server = await serve(t, chatAnswer('Hi'));
    const entra = await serve(t, token('federated'));
    const folder = makeTempDirectory(t, { token: 'from-kubernetes\n' });
    const workload = {
      AZURE_FEDERATED_TOKEN_FILE: `${folder}/token`,
      AZURE_AUTHORITY_HOST: `${entra.url}/`,
      AZURE_TENANT_ID: 't-2',
      AZURE_CLIENT_ID: 'c-2',
    };
    const auth = cloudAuth('entra', { scope: 'https://ai.azure.com/.default' });
    await upstreamFor(t, workload).execute(callOf(planOf([azure(server.url, auth)])));
    const form = new URLSearchParams(entra.requests[0]?.bytes.toString());
    assert.deepEqual(
      [entra.requests[0]?.path, form.get('client_assertion')],
      ['/t-2/oauth2/v2.0/token', 'from-kubernetes'],
    );

    const machine = { AZURE_POD_IDENTITY_AUTHORITY_HOST: entra.url, AZURE_CLIENT_ID: 'c-3' };
    await upstreamFor(t, machine).execute(callOf(planOf([azure(server.url, auth)])));
    const seen = entra.requests[1];
    assert.match(
      seen?.path ?? '',
      /^\/metadata\/identity\/oauth2\/token\?api-version=2018-02-01&resource=https%3A%2F%2Fai\.azure\.com&client_id=c-3$/,
    );
    assert.equal(seen?.headers.metadata, 'true');

    const service = { IDENTITY_ENDPOINT: `${entra.url}/msi`, IDENTITY_HEADER: 'guard' };
    await upstreamFor(t, service).execute(callOf(planOf([azure(server.url, auth)])));
    assert.deepEqual([entra.requests[2]?.headers['x-identity-header'], server.requests.length], ['guard', 3]);
  });

  it('have one refresh in flight, however many calls wait for it', async (t) => {
    const server = await serve(t, chatAnswer('Hi'));
    const gate = Promise.withResolvers<void>();
    const entra = await serve(t, { ...token('shared'), before: { wait: gate.promise } });
    const upstream = upstreamFor(t);
    const target = azure(server.url, app(entra.url));
    const calls = Array.from({ length: 200 }, () => upstream.execute(callOf(planOf([target]))));
    await entra.whenRequested(1);
    gate.resolve();
    const kinds = new Set((await Promise.all(calls)).map(({ kind }) => kind));
    assert.deepEqual([kinds, entra.requests.length, server.requests.length], [new Set(['json']), 1, 200]);
  });

  it('are renewed before the token ends, in the background while it still serves', async (t) => {
    const server = await serve(t, chatAnswer('Hi'));
    let made = 0;
    const entra = await serve(t, () => token(`token-${++made}`, 3600));
    let nowMs = Date.now();
    const upstream = upstreamFor(t, {}, () => nowMs);
    const target = azure(server.url, app(entra.url));
    const call = async () => {
      const executed = await upstream.execute({ ...callOf(planOf([target])), startedMs: nowMs });
      assert.equal(executed.kind, 'json', problemOf(executed) ?? '');
      return server.requests.at(-1)?.headers.authorization;
    };
    assert.equal(await call(), 'Bearer token-1');
    nowMs += 54 * 60_000;
    assert.equal(await call(), 'Bearer token-1');
    nowMs += 2 * 60_000;
    assert.equal(await call(), 'Bearer token-1', 'it serves while the next is asked for');
    await entra.whenRequested(2);
    nowMs += 225_000;
    assert.equal(await call(), 'Bearer token-2');
    nowMs += 56 * 60_000;
    assert.equal(await call(), 'Bearer token-3', 'one that ends within the skew is not used');
  });

  it('ask anew when the provider refuses the token, and go on along the chain', async (t) => {
    let made = 0;
    const entra = await serve(t, () => token(`token-${++made}`));
    const server = await serve(t, ({ headers }) =>
      headers.authorization === 'Bearer token-1'
        ? { status: 401, body: { error: { message: 'revoked' } } }
        : chatAnswer('Hi'),
    );
    let nowMs = Date.now();
    const upstream = upstreamFor(t, {}, () => nowMs);
    const other = planTarget('p/other', { url: server.url });
    const plan = planOf([azure(server.url, app(entra.url)), other]);
    const first = await upstream.execute(callOf(plan));
    assert.ok(first.kind === 'json' && first.target.id === 'p/other', 'refused within moments of its making');
    nowMs += 10_000;
    await upstream.execute({ ...callOf(plan), startedMs: nowMs });
    const third = await upstream.execute({ ...callOf(plan), startedMs: nowMs });
    assert.ok(third.kind === 'json' && third.target.id === 'p/azure');
    assert.equal(made, 2);
  });

  it('are not made where the endpoint refuses, is silent or is gone: the reason names it, and no secret', async (t) => {
    const server = await serve(t, chatAnswer('Hi'));
    const answers: readonly (readonly [Script, RegExp])[] = [
      [
        { status: 401, body: { error: 'invalid_client', error_description: 'entra-secret-value is wrong' } },
        /answered 401 \(invalid_client\)$/,
      ],
      [{ status: 500, body: 'entra-secret-value' }, /answered 500$/],
      [{ status: 302, headers: { location: server.url }, body: '' }, /answered 302$/],
      [{ body: { token: 'x' } }, /holds none$/],
      [{ body: '<html>' }, /holds none$/],
      [{ before: 'reset' }, /cannot be reached \(\w+\)$/],
    ];
    for (const [script, problem] of answers) {
      const entra = await serve(t, script);
      const target = azure(server.url, app(entra.url));
      const upstream = upstreamFor(t);
      const failed = await Promise.all(
        Array.from({ length: 20 }, () =>
          upstream.execute(callOf(planOf([target, planTarget('p/b', { url: server.url })]))),
        ),
      );
      for (const executed of failed) {
        assert.ok(executed.kind === 'json' && executed.target.id === 'p/b', 'the chain goes on');
        assert.match(problemOf(executed) ?? '', problem);
      }
      const alone = await upstream.execute(callOf(planOf([target])));
      assert.ok(alone.kind === 'failed');
      assert.match(alone.error.message, /p\/azure secret-missing \(no token: /);
      assert.doesNotMatch(JSON.stringify([alone, failed]) + alone.error.message, /entra-secret-value/);
      assert.equal(
        entra.requests.length,
        script.before === 'reset' ? entra.requests.length : 1,
        'a refusal rests for a while',
      );
    }
  });
});

describe('calls with a token of Google', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const vertex = (url: string, auth: PlanTarget['provider']['auth']) =>
    planTarget('p/vertex', {
      url,
      auth,
      dialect: 'gemini',
      provider: { baseUrl: `${url}/v1/projects/p/locations/l/publishers/google` },
      target: { upstreamModel: 'gemini-2.5-pro' },
    });
  const GEMINI = { body: { candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }] } };

  it('ask for it with what the service account signs, at the address of its key file', async (t) => {
    const server = await serve(t, GEMINI);
    const google = await serve(t, token('google-token'));
    const key = JSON.stringify(
      {
        type: 'service_account',
        private_key_id: 'k-1',
        private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
        client_email: 'gateway@p.iam.gserviceaccount.com',
        token_uri: `${google.url}/token`,
      },
      null,
      2,
    );
    const auth = cloudAuth('google', {}, 'KEY_FILE');
    const executed = await upstreamFor(t, { KEY_FILE: key }).execute(callOf(planOf([vertex(server.url, auth)])));
    assert.equal(executed.kind, 'json', problemOf(executed) ?? '');
    assert.equal(
      server.requests[0]?.path,
      '/v1/projects/p/locations/l/publishers/google/models/gemini-2.5-pro:generateContent',
    );
    assert.equal(server.requests[0]?.headers.authorization, 'Bearer google-token');
    const form = new URLSearchParams(google.requests[0]?.bytes.toString());
    assert.equal(form.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [head = '', claims = '', signature = ''] = form.get('assertion')?.split('.') ?? [];
    assert.ok(createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(publicKey, signature, 'base64url'));
    const { iss, aud, scope, exp, iat } = JSON.parse(Buffer.from(claims, 'base64url').toString());
    assert.deepEqual(
      [iss, aud, scope, exp - iat],
      [
        'gateway@p.iam.gserviceaccount.com',
        `${google.url}/token`,
        'https://www.googleapis.com/auth/cloud-platform',
        3600,
      ],
    );
  });

  it('are not made with a key file that is none, and no word of it is told', async (t) => {
    const server = await serve(t, GEMINI);
    const account = (fields: object) => JSON.stringify({ type: 'service_account', client_email: 'a@b', ...fields });
    const files = [
      ['not json: very-secret', /not JSON$/],
      [account({}), /lacks client_email or private_key$/],
      [account({ private_key: '-----BEGIN very-secret' }), /cannot sign$/],
    ] as const;
    for (const [file, problem] of files) {
      const target = vertex(server.url, cloudAuth('google', {}, 'KEY_FILE'));
      const executed = await upstreamFor(t, { KEY_FILE: file }).execute(callOf(planOf([target])));
      assert.match(problemOf(executed) ?? '', problem);
      assert.doesNotMatch(JSON.stringify(executed), /very-secret/);
    }
    assert.equal(server.requests.length, 0);
  });

  it('have one exchange in flight and renew ahead of the end, by a service account and by a workload identity', async (t) => {
    const server = await serve(t, GEMINI);
    const folder = makeTempDirectory(t, { subject: 'from-the-cluster' });
    setEnvironment(t, {});
    for (const kind of ['service_account', 'external_account'] as const) {
      const gate = Promise.withResolvers<void>();
      let made = 0;
      const google = await serve(t, () => ({ ...token(`${kind}-${++made}`), before: { wait: gate.promise } }));
      const keys = {
        service_account: {
          private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
          client_email: 'gateway@p.iam.gserviceaccount.com',
          token_uri: `${google.url}/token`,
        },
        external_account: {
          audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k',
          subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
          token_url: `${google.url}/v1/token`,
          credential_source: { file: `${folder}/subject` },
        },
      };
      let nowMs = Date.now();
      const upstream = upstreamFor(t, { KEY_FILE: JSON.stringify({ type: kind, ...keys[kind] }) }, () => nowMs);
      const target = vertex(server.url, cloudAuth('google', {}, 'KEY_FILE'));
      const call = async () => {
        const executed = await upstream.execute({ ...callOf(planOf([target])), startedMs: nowMs });
        assert.equal(executed.kind, 'json', problemOf(executed) ?? '');
        return server.requests.at(-1)?.headers.authorization;
      };
      const calls = Array.from({ length: 50 }, call);
      await google.whenRequested(1);
      gate.resolve();
      assert.deepEqual(new Set(await Promise.all(calls)), new Set([`Bearer ${kind}-1`]));
      assert.equal(google.requests.length, 1);
      nowMs += 57 * 60_000;
      assert.equal(await call(), `Bearer ${kind}-1`, 'it serves while the next is asked for');
      await google.whenRequested(2);
    }
  });

  it('are not made where the exchange is refused or gone: the reason names the place, and nobody waits on', async (t) => {
    const server = await serve(t, GEMINI);
    const folder = makeTempDirectory(t, { subject: 'very-secret' });
    setEnvironment(t, {});
    const answers: readonly (readonly [Script, string])[] = [
      [{ status: 400, body: { error: 'invalid_grant', error_description: 'very-secret is wrong' } }, 'answered 400'],
      [{ body: '<html>very-secret' }, 'gave none \\(\\w+\\)|the answer of HOST holds none'],
    ];
    for (const [script, words] of answers) {
      const sts = await serve(t, script);
      const host = new URL(sts.url).host;
      const key = JSON.stringify({
        type: 'external_account',
        audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k',
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_url: `${sts.url}/v1/token`,
        credential_source: { file: `${folder}/subject` },
      });
      const upstream = upstreamFor(t, { KEY_FILE: key });
      const target = vertex(server.url, cloudAuth('google', {}, 'KEY_FILE'));
      const all = await Promise.all(Array.from({ length: 50 }, () => upstream.execute(callOf(planOf([target])))));
      for (const executed of all) {
        assert.match(problemOf(executed) ?? '', new RegExp(`no token: (${host} )?(${words.replace('HOST', host)})`));
        assert.doesNotMatch(JSON.stringify(executed), /very-secret/);
      }
      assert.equal(sts.requests.length, 1);
    }
    assert.equal(server.requests.length, 0);
  });

  it('exchange the token of a workload identity by Google’s library', async (t) => {
    const server = await serve(t, GEMINI);
    const sts = await serve(t, {
      body: { access_token: 'federated', expires_in: 3600, token_type: 'Bearer', issued_token_type: 'x' },
    });
    const folder = makeTempDirectory(t, { subject: 'from-the-cluster' });
    setEnvironment(t, {});
    const key = JSON.stringify({
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${sts.url}/v1/token`,
      credential_source: { file: `${folder}/subject` },
    });
    const target = vertex(server.url, cloudAuth('google', {}, 'KEY_FILE'));
    const executed = await upstreamFor(t, { KEY_FILE: key }).execute(callOf(planOf([target])));
    assert.equal(executed.kind, 'json', problemOf(executed) ?? '');
    assert.equal(new URLSearchParams(sts.requests[0]?.bytes.toString()).get('subject_token'), 'from-the-cluster');
    assert.equal(server.requests[0]?.headers.authorization, 'Bearer federated');
  });
});
