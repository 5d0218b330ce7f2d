// Aurochs with a native processor on the native thread pool.
import { Worker, native } from 'aurochs';
import { mustBeNative } from '../lib/must-be-native.mjs';

export default {
  name: 'aurochs-native',
  title: 'Aurochs native',
  color: '#1f6feb',
  needs: 'native',
  create: (queue, scenario, options, library) =>
    mustBeNative(new Worker(queue, native(library, scenario.native.symbol), options)),
};
