/**
 * What happens where the addon can't be had: one warning, and BullMQ's own loop; or an error, for those who insist.
 */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { addon } from './binding';

/** Threads that are started later know of the warning by it. */
const WARNED = 'aurochs.no-addon';

/** AUROCHS_REQUIRE_NATIVE=1: no fallback. */
const required = () => process.env.AUROCHS_REQUIRE_NATIVE === '1';

/**
 * Why there is no addon in this process, after a warning that says so once; undefined when there is one.
 * @throws that as an Error with AUROCHS_REQUIRE_NATIVE=1.
 */
export function missingAddon(): string | undefined {
  try {
    addon();
    return undefined;
  } catch (error) {
    if (required()) throw error;
    const { message } = error as Error;
    if (!getEnvironmentData(WARNED)) {
      setEnvironmentData(WARNED, true);
      process.emitWarning(`${message} Until then workers run BullMQ's own loop.`, {
        type: 'AurochsWarning',
        code: 'AUROCHS_NO_ADDON',
      });
    }
    return message.replace(/^aurochs: /, '');
  }
}

// Whoever insists learns of it when the package is loaded, not when the first worker is made.
if (required()) addon();
