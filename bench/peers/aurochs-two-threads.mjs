// Aurochs with a file, on two JavaScript threads that interleave the jobs.
import { Worker } from 'aurochs';
import { mustBeNative } from '../lib/must-be-native.mjs';

export default {
  name: 'aurochs-two-threads',
  title: 'Aurochs, threads: 2',
  color: '#7bc96f',
  needs: 'file',
  create: (queue, scenario, options) => mustBeNative(new Worker(queue, scenario.file, { ...options, threads: 2 })),
};
