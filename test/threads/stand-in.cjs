// In place of the real entry of a thread: does what the test planned for its number, and then what the test says on the
// channel that is named after the group.
const { execFileSync } = require('node:child_process');
const { BroadcastChannel, parentPort, workerData } = require('node:worker_threads');

const { group, plan, released } = workerData;
const channel = new BroadcastChannel(group);
let thread;
const say = what => channel.postMessage({ thread, says: what });

const actions = {
  ready() {
    parentPort.postMessage({ aurochs: 'ready' });
    say('ready');
  },
  chat() {
    for (const said of ['ready', null, 7, { aurochs: 'hello' }, { ready: true }]) parentPort.postMessage(said);
    actions.ready();
  },
  fail() {
    const { name, message, stack } = new SyntaxError('no processor in here');
    parentPort.postMessage({ aurochs: 'failed', error: JSON.stringify({ name, message, stack }) });
    process.exit(1);
  },
  // What the file has open keeps the thread alive, though it has failed; so does the channel.
  failAndStay() {
    parentPort.postMessage({ aurochs: 'failed', error: JSON.stringify({ message: 'stays' }) });
  },
  wait() {},
  exit() {
    process.exit(3);
  },
  end() {
    process.exit(0);
  },
  throw() {
    throw new TypeError('nobody catches this');
  },
  throwNull() {
    throw null;
  },
  throwText() {
    throw 'just a text';
  },
  exhaust() {
    const kept = [];
    for (;;) kept.push(new Array(1000).fill(kept.length));
  },
  loop() {
    say('loop');
    for (;;);
  },
  sleepInAtomics() {
    say('sleepInAtomics');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
  // No thread can be interrupted in this built-in; it returns when the test makes the file.
  block() {
    say('block');
    execFileSync('sh', ['-c', 'while [ ! -e "$0" ]; do sleep 0.02; done', released]);
  },
};

channel.onmessage = ({ data }) => {
  if (data.thread === thread && data.do) actions[data.do]();
};

parentPort.once('message', init => {
  thread = init.thread;
  if (init.aurochs !== 'init' || init.group !== group) throw new Error('this is no init message');
  actions[plan[thread - 1] ?? 'ready']();
});
