import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createReach } from '#network';
import { readSmtpUrl } from '../../src/alerts/channels/smtp-server.ts';
import { DeliveryError, type MailPage, mailMessage, renderHtml, renderText, sendMail } from '../../src/alerts/index.ts';
import { startSmtp } from '../support/start-smtp.ts';

const EVIL = '"><script>alert(1)</script><img src=x onerror=1> \u202egpj.exe\u0000';

const page = (text: string): MailPage => ({
  language: 'en',
  tone: 'critical',
  badge: text,
  title: text,
  preview: text,
  blocks: [
    { kind: 'paragraph', text },
    { kind: 'heading', text },
    { kind: 'facts', rows: [[text, text]] },
    { kind: 'table', columns: [{ text }, { text, align: 'right' }], rows: [[text, text]] },
    { kind: 'list', items: [text] },
    { kind: 'code', text },
    {
      ...{ kind: 'chart', cid: 'chart', alt: text, title: text, top: text, labels: [text] },
      legend: [{ text, colour: '#2e6bd6' }],
      bars: [{ label: text, text, share: 0.5, isPale: false }],
    },
    {
      kind: 'links',
      links: [
        { text, url: `javascript:${text}` },
        { text, url: `https://example.com/?q=${text}` },
      ],
    },
  ],
  footer: [text],
});

const settings = (serverUrl: string) => ({
  from: 'Signalbox <signalbox@example.com>',
  serverUrl,
  ca: null,
  dkim: null,
});

describe('a mail page', () => {
  it('shows hostile text as text', () => {
    const html = renderHtml(page(EVIL));
    assert.doesNotMatch(html, /<script|<img src=x|\u202e|\0|href="javascript/);
    assert.equal(html.match(/<a /g)?.length, 1);
    assert.doesNotMatch(renderText(page(EVIL)), /\u202e|\0/);
  });

  it('has the same elements whatever the text is', () => {
    const tags = (text: string) => renderHtml(page(text)).match(/<\/?[a-z0-9]+/g);
    const expected = tags('x');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => assert.deepEqual(tags(text), expected)),
      {
        numRuns: 200,
      },
    );
  });
});

describe('a mail over a real SMTP server', () => {
  it('arrives as HTML and text, in its thread, with its headers and images', async (t) => {
    const smtp = await startSmtp(t);
    const common = {
      to: ['ops@example.com', 'lead@example.com'],
      page: page('予算 83 % <b>'),
      images: [{ cid: 'chart', filename: 'chart.png', contentType: 'image/png', base64: 'iVBORw0KGgo=' }],
    };
    const headers = { 'X-Signalbox-Alert-State': 'firing' };
    await sendMail(
      settings(smtp.url),
      mailMessage({ ...common, subject: '[prod] 予算\r\nBcc: a@b', key: 'i1:1', follows: null, headers }),
      createReach(),
    );
    await sendMail(
      settings(smtp.url),
      mailMessage({ ...common, subject: 'Re', key: 'i1:2', follows: 'i1:1' }),
      createReach(),
    );
    const [first, second] = smtp.mails;
    assert.equal(first?.subject, '[prod] 予算 Bcc: a@b');
    assert.equal(first?.headers.get('bcc'), undefined);
    assert.equal(first?.headers.get('x-signalbox-alert-state'), 'firing');
    assert.match(first?.text ?? '', /予算 83 % <b>/);
    assert.match(String(first?.html), /予算 83 % &lt;b&gt;/);
    assert.equal(first?.attachments[0]?.cid, 'chart');
    assert.equal(second?.inReplyTo, first?.messageId);
    assert.deepEqual([second?.references].flat(), [first?.messageId]);
  });

  it('carries a DKIM signature where the policies name a key', async (t) => {
    const smtp = await startSmtp(t);
    const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
    const dkim = { domain: 'example.com', selector: 'sbx', key: String(key) };
    await sendMail(
      { ...settings(smtp.url), dkim },
      mailMessage({ to: ['a@example.com'], subject: 's', page: page('x'), key: 'k', follows: null }),
      createReach(),
    );
    assert.match(smtp.raw[0]?.replace(/\r\n\s+/g, ' ') ?? '', /^DKIM-Signature: .*d=example\.com; .*s=sbx;/m);
  });

  it('goes by TLS, and not at all where the server has none or is a stranger', async (t) => {
    const hasTls = await startSmtp(t, { secure: true });
    const mail = mailMessage({ to: ['a@example.com'], subject: 's', page: page('x'), key: 'k', follows: null });
    await assert.rejects(sendMail(settings(`smtps://127.0.0.1:${hasTls.port}`), mail, createReach()), DeliveryError);
    assert.equal(hasTls.mails.length, 0);
    assert.equal(readSmtpUrl('smtp://mail.example.com').needsTls, true);
    assert.equal(readSmtpUrl('smtp://mail.example.com?tls=optional').needsTls, false);
    assert.deepEqual(readSmtpUrl('smtps://u%40x:p%2Fw@mail.example.com'), {
      ...{ host: 'mail.example.com', port: 465, isTls: true, needsTls: false, user: 'u@x', password: 'p/w' },
    });
  });

  it('says nothing of the URL when that is wrong, and knows what is of no use', async (t) => {
    const mail = mailMessage({ to: ['gone@example.com'], subject: 's', page: page('x'), key: 'k', follows: null });
    await assert.rejects(
      sendMail(settings('smpt://user:hunter2@host'), mail, createReach()),
      (error: DeliveryError) => {
        assert.doesNotMatch(`${error.message} ${error.stack}`, /hunter2/);
        return !error.isFinal;
      },
    );
    const refusing = await startSmtp(t, {
      onRcptTo: (_address, _session, done) =>
        done(Object.assign(new Error('no gone@example.com here'), { responseCode: 550 })),
    });
    await assert.rejects(sendMail(settings(refusing.url), mail, createReach()), (error: DeliveryError) => {
      assert.doesNotMatch(error.message, /gone@/);
      return error.isFinal;
    });
  });
});
