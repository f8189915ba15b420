import { readTlsFiles, TlsFilesError } from '#gateway';
import { readOtlpSettings } from '#telemetry';
import type { Check } from '../installation.ts';
import { good, type Outcome } from '../outcome.ts';

/** Settings of the process beside the policies: TLS, who may use the admin API, OpenTelemetry. */
export const checkSettings: Check = async ({ options, call }) => {
  const { tls, adminToken, environment } = options;
  const outcomes: Outcome[] = [];
  if (tls) outcomes.push(checkTls(tls));
  if (!adminToken && environment !== 'development') {
    const message = 'the admin API and the console are closed';
    const hint = 'Set SIGNALBOX_ADMIN_TOKEN where they are wanted.';
    outcomes.push({ check: 'settings', status: 'info', where: 'SIGNALBOX_ADMIN_TOKEN', message, hint });
  }
  const otlp = readOtlpSettings(call.terminal.env);
  for (const problem of otlp.problems) {
    const hint = 'Correct the variable; docs/telemetry.md names what is read.';
    outcomes.push({ check: 'telemetry', status: 'warn', where: 'OpenTelemetry', message: problem, hint });
  }
  const signals = (['traces', 'metrics', 'logs'] as const).filter((signal) => otlp[signal] !== null);
  const message =
    signals.length === 0 ? 'nothing is exported; /metrics is served' : `${signals.join(', ')} are exported`;
  return [...outcomes, good('telemetry', 'OpenTelemetry', message)];
};

function checkTls(tls: Parameters<typeof readTlsFiles>[0]): Outcome {
  try {
    readTlsFiles(tls);
    return good('settings', tls.certificateFile, 'certificate and key fit together');
  } catch (error) {
    if (!(error instanceof TlsFilesError)) throw error;
    const hint = 'Name the PEM files of a certificate and its own key by SIGNALBOX_TLS_CERT and SIGNALBOX_TLS_KEY.';
    return { check: 'settings', status: 'error', where: tls.certificateFile, message: error.message, hint };
  }
}
