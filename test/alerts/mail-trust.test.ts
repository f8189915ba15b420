import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { createReach } from '#network';
import { DeliveryError, sendMail } from '../../src/alerts/index.ts';
import { requireProgram } from '../support/skip.ts';
import { startSmtp } from '../support/start-smtp.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { sampleMails } from './sample-mails.ts';

const FROM = 'Signalbox <signalbox@example.com>';

describe('a mail server with a certificate of the company', () => {
  for (const [name, scheme, secure] of [
    ['TLS from the first byte', 'smtps', true],
    ['STARTTLS', 'smtp', false],
  ] as const) {
    it(`gets mails by ${name} where the policies name its authority, and none where they do not`, async (t) => {
      const openssl = requireProgram(t, 'openssl');
      if (openssl === undefined) return;
      const directory = makeTempDirectory(t);
      const [keyFile, certFile] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
      const form = ['-newkey', 'rsa:2048', '-nodes', '-days', '1'];
      execFileSync(openssl, ['req', '-x509', ...form, ...subject, '-keyout', keyFile, '-out', certFile], {
        stdio: 'ignore',
      });
      const ca = readFileSync(certFile, 'utf8');
      const smtp = await startSmtp(t, { secure, key: readFileSync(keyFile), cert: ca, disabledCommands: [] });
      const serverUrl = `${scheme}://localhost:${smtp.port}`;
      const [first, second] = sampleMails();
      assert.ok(first && second);
      await assert.rejects(
        sendMail({ from: FROM, serverUrl, ca: null, dkim: null }, first.mail, createReach()),
        DeliveryError,
      );
      assert.equal(smtp.mails.length, 0);
      await sendMail({ from: FROM, serverUrl, ca, dkim: null }, second.mail, createReach());
      assert.deepEqual(
        smtp.mails.map(({ subject: said }) => said),
        [second.mail.subject],
      );
    });
  }
});

describe('the DKIM signature of a mail', () => {
  it('holds as the mail arrives, and not when a word of it is another', async (t) => {
    const smtp = await startSmtp(t);
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const dkim = {
      domain: 'example.com',
      selector: 'sbx',
      key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    };
    for (const { mail } of sampleMails())
      await sendMail({ from: FROM, serverUrl: smtp.url, ca: null, dkim }, mail, createReach());
    assert.ok(smtp.raw.length > 10);
    for (const raw of smtp.raw) assert.deepEqual(await verdict(raw, publicKey), ['pass', 'example.com']);
    const [raw = ''] = smtp.raw;
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    for (const [text, key] of [
      [`${raw.trimEnd()} more\r\n`, publicKey],
      [raw.replace(/^Subject: /m, 'Subject: Not '), publicKey],
      [raw, stranger],
    ] as const) {
      assert.notEqual((await verdict(text, key))[0], 'pass');
    }
  });
});

/** What a receiving server makes of the signature, asking a DNS in which that key stands; by another hand than ours. */
async function verdict(raw: string, publicKey: KeyObject): Promise<readonly (string | undefined)[]> {
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const { results } = await dkimVerify(Buffer.from(raw), {
    resolver: async (name: string) => {
      assert.equal(name, 'sbx._domainkey.example.com');
      return [[`v=DKIM1; k=rsa; p=${key}`]];
    },
  });
  return [results[0]?.status.result, results[0]?.signingDomain];
}
