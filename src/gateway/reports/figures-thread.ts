import { parentPort, workerData } from 'node:worker_threads';
import { type FiguresQuery, figuresOfFolder } from './figures-of-folder.ts';

/** A thread that reads the figures of a report: a week of records would keep requests waiting. */
parentPort?.postMessage(await figuresOfFolder(workerData as FiguresQuery));
