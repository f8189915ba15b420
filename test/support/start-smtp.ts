import { once } from 'node:events';
import { connect } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { findFreePort } from './free-port.ts';
import type { Cleanup } from './temp-directory.ts';

/** A real SMTP server that keeps what it takes. */
export interface TestSmtp {
  readonly port: number;
  /** Without credentials, in the clear: it is on the same machine. */
  readonly url: string;
  /** Every mail as it was taken, in order. */
  readonly mails: readonly ParsedMail[];
  readonly raw: readonly string[];
  /** Stops listening; whoever connects is refused. */
  readonly down: () => Promise<void>;
  readonly up: () => Promise<void>;
}

/** Starts one on a free port; it goes away after the test. */
export async function startSmtp(t: Cleanup, options: SMTPServerOptions = {}): Promise<TestSmtp> {
  const port = await findFreePort();
  const mails: ParsedMail[] = [];
  const raw: string[] = [];
  let server: SMTPServer | null = null;

  async function up(): Promise<void> {
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      ...options,
      onData(stream, _session, done) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const bytes = Buffer.concat(chunks);
          raw.push(bytes.toString());
          simpleParser(bytes).then((mail) => {
            mails.push(mail);
            done();
          }, done);
        });
      },
    });
    server.on('error', () => undefined);
    server.listen(port, '127.0.0.1');
    await once(server.server, 'listening');
  }

  async function down(): Promise<void> {
    const closing = server;
    server = null;
    if (closing === null) return;
    await new Promise<void>((resolve) => closing.close(resolve));
    // Whoever asks now is refused: nothing listens any more.
    const probe = connect(port, '127.0.0.1');
    await once(probe, 'error');
  }

  t.after(down);
  await up();
  return { port, url: `smtp://127.0.0.1:${port}`, mails, raw, down, up };
}
