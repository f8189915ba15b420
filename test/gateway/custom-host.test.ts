import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GatewayError } from '#core';
import { readCustomHost } from '../../src/gateway/compat/custom-host.ts';

const ALLOWED = ['llm.example.com', '127.0.0.1'];

/** Spellings by which other gateways were led to a metadata service or to a neighbour. */
const REFUSED = [
  ...['http://169.254.169.254/latest', 'http://2852039166/', 'http://0xa9fea9fe/', 'http://0251.0376.0251.0376/'],
  ...['http://0xa9.0xfe.0xa9.0xfe/', 'http://[::ffff:169.254.169.254]/', 'http://[::ffff:a9fe:a9fe]/', 'http://[::1]/'],
  ...['http://[0:0:0:0:0:ffff:127.0.0.1]/', 'http://localhost/', 'http://0/', 'http://0.0.0.0/', 'http://10.0.0.1/'],
  ...[
    'https://llm.example.com@169.254.169.254/',
    'https://llm.example.com:443@evil.example/',
    'https://evil.example#@llm.example.com',
  ],
  ...[
    'https://llm.example.com.evil.example/',
    'https://evil-llm.example.com/',
    'https://llm.example.com./',
    'https://xllm.example.com/',
  ],
  ...[
    'file:///etc/passwd',
    'gopher://llm.example.com/',
    'ftp://llm.example.com/',
    'javascript:alert(1)',
    '//llm.example.com/',
    '',
  ],
  ...[
    'https://llm.example.com?x=@127.0.0.1',
    'https://llm.example.com#x',
    'https://LLM.example.com\u3002evil.example/',
    'https://①②⑦.0.0.2/',
  ],
];

const TAKEN: readonly (readonly [string, string])[] = [
  ['https://llm.example.com/v1/', 'https://llm.example.com/v1'],
  ['https://LLM.EXAMPLE.COM', 'https://llm.example.com'],
  ['http://127.0.0.1:8000/v1', 'http://127.0.0.1:8000/v1'],
  // Other spellings of a host that is on the list are that host.
  ['http://2130706433:8000/v1', 'http://127.0.0.1:8000/v1'],
];

describe('a host that a caller names', () => {
  for (const text of REFUSED) {
    it(`is refused as ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => readCustomHost(text, 'x-portkey-config', ALLOWED),
        (error) => error instanceof GatewayError && error.code === 'host_not_allowed',
      );
    });
  }

  for (const [text, base] of TAKEN) {
    it(`is ${base} for ${text}`, () => {
      assert.equal(readCustomHost(text, 'x-portkey-config', ALLOWED), base);
    });
  }
});
