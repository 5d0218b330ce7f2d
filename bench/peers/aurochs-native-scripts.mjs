// Aurochs with a native processor, by BullMQ's scripts alone: one job a call.
import { Worker, native } from 'aurochs';
import { mustBeNative } from '../lib/must-be-native.mjs';

export default {
  name: 'aurochs-native-scripts',
  title: 'Aurochs, not batched',
  color: '#8b949e',
  needs: 'native',
  create: (queue, scenario, options, library) =>
    mustBeNative(new Worker(queue, native(library, scenario.native.symbol), { ...options, batching: false })),
};
