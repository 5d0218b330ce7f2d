// Called where BullMQ's sandbox runs: it pipes every child's output into ours, which Node would warn of.
export function quietOutput() {
  for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(0);
}
