// Aurochs with a file, on as many JavaScript threads as `concurrency`.
import { Worker } from 'aurochs';
import { mustBeNative } from '../lib/must-be-native.mjs';

export default {
  name: 'aurochs-threads',
  title: 'Aurochs threads',
  color: '#2da44e',
  needs: 'file',
  create: (queue, scenario, options) => mustBeNative(new Worker(queue, scenario.file, options)),
};
