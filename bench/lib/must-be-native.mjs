/** Guards a measurement of Aurochs against one of BullMQ's own loop. */
export function mustBeNative(worker) {
  if (worker.engine !== 'native') {
    throw new Error(`the native loop does not run: ${worker.engineReason}`);
  }
  return worker;
}
