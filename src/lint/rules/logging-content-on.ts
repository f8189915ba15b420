import type { Rule } from '../rule.ts';

/** Prompts in traces. */
export const loggingContentOn: Rule = {
  meta: {
    id: 'logging/content-on',
    severity: 'warn',
    summary: 'Prompts and answers are captured in production.',
    why: 'What customers write then lies in a tracing system, with other readers and another retention than anybody promised them.',
    bad: `
kind: Project
metadata: { name: company }
spec: { telemetry: { contentCapture: true } }
---
kind: Environment
metadata: { name: production }`,
    good: `
kind: Project
metadata: { name: company }
spec: { telemetry: { contentCapture: false } }
---
kind: Environment
metadata: { name: production }`,
    waive: 'For a limited search for a fault, with the agreement of whoever is responsible for privacy.',
  },
  check({ every, environment }) {
    if (environment !== 'production') return [];
    return every('Project')
      .filter(({ spec }) => spec.telemetry?.contentCapture === true)
      .map((project) => ({
        at: project.at('telemetry', 'contentCapture'),
        subject: project.key,
        message: 'prompts and answers are captured in production',
        hint: 'Set `telemetry.contentCapture: false`, and switch it on by an override where it is needed.',
      }));
  },
};
