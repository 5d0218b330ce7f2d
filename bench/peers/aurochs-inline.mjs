// Aurochs with a function on the event loop.
import { Worker } from 'aurochs';
import { mustBeNative } from '../lib/must-be-native.mjs';

export default {
  name: 'aurochs-inline',
  title: 'Aurochs inline',
  color: '#39b5c6',
  needs: 'inline',
  create: (queue, scenario, options) => mustBeNative(new Worker(queue, scenario.inline, options)),
};
