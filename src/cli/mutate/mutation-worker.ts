import { parentPort, workerData } from 'node:worker_threads';
import { judgeMutant, type MutantVerdict } from './judge-mutant.ts';
import { type MutationPlan, prepareMutation } from './mutation-plan.ts';

/** A run of mutants to judge, as positions in the list that all threads share. */
export interface MutantRange {
  readonly from: number;
  readonly to: number;
}

/** What came of them, in order. */
export type MutantVerdicts = readonly MutantVerdict[];

if (parentPort === null) throw new Error('a mutation worker was started as a program');
const port = parentPort;
const { judge, mutants } = prepareMutation(workerData as MutationPlan);

port.on('message', ({ from, to }: MutantRange) => {
  const verdicts: MutantVerdicts = mutants.slice(from, to).map((mutant) => judgeMutant(mutant, judge));
  port.postMessage(verdicts);
});
